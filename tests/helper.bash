# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What every bats file loads: the built programs first on PATH, an empty
# temporary folder as the current one, quiet summary lines.

bats_require_minimum_version 1.5.0

MAM_ROOT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
MAM_BIN=${MAM_BIN:-$MAM_ROOT/build/bin}
MAM_TOOLS=${MAM_TOOLS:-${MAM_BIN%/bin}/tools}
MAM_SHARED=${MAM_SHARED:-$MAM_ROOT/../shared}
export MAM_ROOT MAM_BIN MAM_TOOLS MAM_SHARED
export PATH=$MAM_BIN:$MAM_TOOLS:$PATH
export LC_ALL=C.UTF-8 MAM_LOG=quiet
# Batches share the limit of a medium by this file; those of other tests have another server.
export LIMITER=${BATS_TEST_TMPDIR:-${BATS_FILE_TMPDIR:-/tmp}}/limiter
unset MAM_RUN_DIR MAM_RUN_ID MAM_DRY_RUN

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# Says loudly that what follows cannot be tested here, and skips it.
need_shared() {
	[ -e "$MAM_SHARED/$1" ] || skip "SKIPPED: $1 is not beside the project (MAM_SHARED)"
}

# A chroot without devpts has no pseudo-terminal.
need_terminal() {
	command -v script >/dev/null || skip "SKIPPED: script(1) is not installed"
	script -qec true /dev/null </dev/null >/dev/null 2>&1 ||
		skip "SKIPPED: no pseudo-terminal can be opened (is devpts mounted?)"
}

# The exit statuses of all stages of the last pipe given to it, as words: statuses 'a | b'.
statuses() {
	bash -c "$1"'; echo "statuses: ${PIPESTATUS[*]}"' 2>&1
}
