#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The native program, and how much processor time it took as the last lines of its standard error (see m4.mjs).
"${DYO_NATIVE:-${0%/tests/bench/timed.sh}/build/release/dyocensed}" "$@"
status=$?
times >&2
exit "$status"
