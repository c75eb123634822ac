"""The web workbench: one page that looks and works like a channel."""
