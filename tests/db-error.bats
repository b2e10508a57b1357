# SPDX-License-Identifier: MIT
# Errors of the database layer as values (common/db/error.c), by tests/tools/db_error.

load helper

@test "the first error is the cause: those after it change nothing, until it is cleared" {
	run -0 db_error show set 65 22P02 first set 75 08006 second memory rows show clear show memory rows set 65 - third show
	[ "$output" = 'none: 0 - 
set: 65 22P02 first
none: 0 - 
set: 75 - no memory for rows' ]
}

@test "an error without a code has none, and a code that is too long is cut" {
	run -0 db_error set 70 - text show clear set 70 12345678901234567890 text show
	[ "${lines[0]}" = 'set: 70 - text' ]
	[ "${lines[1]}" = 'set: 70 123456789012345 text' ]
}

# A text of so many x, and what follows it.
long() { # COUNT TEXT
	printf '%*s%s' "$1" '' "$2" | tr ' ' x
}

@test "a long text is cut between two characters, and one that just has room is not" {
	# 4,095 bytes have room.
	run -0 db_error set 65 - "$(long 4095)" show
	[ "$output" = "set: 65 - $(long 4095)" ]
	run -0 db_error set 65 - "$(long 4093 é)" show
	[ "$output" = "set: 65 - $(long 4093 é)" ]
	run -0 db_error set 65 - "$(long 4091 😀)" show
	[ "$output" = "set: 65 - $(long 4091 😀)" ]
	# A character of two, three or four bytes at each place of the cut goes as a whole.
	for character in é 日 😀; do
		for count in 4090 4091 4092 4093 4094; do
			run -0 db_error set 65 - "$(long $count "$character$character")" show
			printf %s "$output" | iconv -f UTF-8 -t UTF-8 >valid
			text=${output#set: 65 - }
			[ "$(printf %s "$text" | wc -c)" -le 4095 ]
			[[ $text == "$(long $count)" || $text == "$(long $count "$character")" || $text == "$(long $count "$character$character")" ]]
		done
	done
	run -0 db_error set 65 - "$(long 5000)" show
	[ "$output" = "set: 65 - $(long 4095)" ]
}
