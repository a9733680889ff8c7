#!/bin/sh
# Run a file with a Python that is new enough for the site: sh deploy/python.sh FILE [ARGUMENT ...]
# PYTHON=/path/to/python names one; else the first on the path that will do.

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

if [ -n "${PYTHON-}" ]; then
    new_enough "$PYTHON" && exec "$PYTHON" "$@"
    echo "PYTHON=$PYTHON does not run or is older than 3.11." >&2
    exit 1
fi
for python in python3 python3.14 python3.13 python3.12 python3.11; do
    new_enough "$python" && exec "$python" "$@"
done
echo "The site needs Python 3.11 or newer; none is on the path. Name one: make PYTHON=/path/to/python ..." >&2
exit 1
