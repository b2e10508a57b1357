# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Certificates for the servers of a test.

authority() { # NAME: makes NAME-ca.pem and NAME-ca.key
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1-ca.key" -out "$1-ca.pem" -days 30 \
		-subj "/CN=$1" 2>/dev/null
}

certificate() { # NAME AUTHORITY NAMES DAYS: makes NAME.pem and NAME.key; DAYS may be negative
	local span=(-days "$4")
	# Newer ones take no negative number of days, older ones no date.
	if [ "$4" -lt 0 ] && openssl x509 -help 2>&1 | grep -q -- -not_after; then
		span=(-not_before 20200101000000Z -not_after 20200102000000Z)
	fi
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA "$2-ca.pem" -CAkey "$2-ca.key" -CAcreateserial "${span[@]}" -out "$1.pem" \
		-extfile <(printf 'subjectAltName=%s\n' "$3") 2>/dev/null
}
