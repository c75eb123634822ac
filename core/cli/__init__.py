"""The command line, ``python -m core``: one small file per command, and what they share.

Results go to standard output, everything else (progress, failures) to standard error, so that ``--json``
can be piped. Exit codes: 0 done, 1 the asker can mend it, 2 wrong usage, 3 a dependency is down, 70 a bug,
130 stopped by Ctrl-C.
"""
