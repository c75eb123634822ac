"""Lookalike in Slack: events in, threaded answers out."""
