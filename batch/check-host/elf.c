/* SPDX-License-Identifier: MIT */
#include <elf.h>

#include "batch/check-host/elf.h"

#if __SIZEOF_POINTER__ == 8
typedef Elf64_Ehdr file_header;
typedef Elf64_Phdr segment;
typedef Elf64_Dyn entry;
typedef Elf64_Verneed need;
typedef Elf64_Vernaux needed_version;
enum { OUR_CLASS = ELFCLASS64 };
#else
typedef Elf32_Ehdr file_header;
typedef Elf32_Phdr segment;
typedef Elf32_Dyn entry;
typedef Elf32_Verneed need;
typedef Elf32_Vernaux needed_version;
enum { OUR_CLASS = ELFCLASS32 };
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { OUR_DATA = ELFDATA2LSB };
#else
enum { OUR_DATA = ELFDATA2MSB };
#endif

#if defined(__x86_64__)
enum { OUR_MACHINE = EM_X86_64 };
#elif defined(__aarch64__)
enum { OUR_MACHINE = EM_AARCH64 };
#else
enum { OUR_MACHINE = EM_NONE }; /* not compared */
#endif

static const char broken[] = "is damaged: its tables lead beyond its end";

/* Copies n bytes at an offset; false if the file does not have them. */
static bool
get(struct slice file, uint64_t at, void *to, size_t n)
{
	if (at > file.n || file.n - at < n)
		return false;
	memcpy(to, file.p + at, n);
	return true;
}

static bool
segment_at(struct slice file, const file_header *h, size_t i, segment *s)
{
	return get(file, h->e_phoff + (uint64_t)i * h->e_phentsize, s, sizeof *s);
}

/* The offset in the file of an address in memory. */
static bool
offset_of(struct slice file, const file_header *h, uint64_t address, uint64_t *offset)
{
	segment s;
	for (size_t i = 0; i < h->e_phnum && segment_at(file, h, i, &s); i++) {
		if (s.p_type != PT_LOAD || address < s.p_vaddr || address - s.p_vaddr >= s.p_filesz)
			continue;
		*offset = address - s.p_vaddr + s.p_offset;
		return true;
	}
	return false;
}

/* The NUL-terminated text at an offset. */
static bool
text_at(struct slice file, uint64_t at, struct slice *text)
{
	if (at >= file.n)
		return false;
	const char *p = file.p + at, *end = memchr(p, '\0', (size_t)(file.n - at));
	*text = (struct slice){p, end ? (size_t)(end - p) : 0};
	return end != NULL;
}

bool
version_read(struct slice text, struct version *v)
{
	unsigned numbers[2] = {0};
	size_t at = 0;
	for (size_t i = 0; i < 2; i++) {
		size_t first = at;
		while (at < text.n && text.p[at] >= '0' && text.p[at] <= '9' && at - first < 6)
			numbers[i] = numbers[i] * 10 + (unsigned)(text.p[at++] - '0');
		if (at == first || (i == 0 && (at == text.n || text.p[at++] != '.')))
			return false;
	}
	*v = (struct version){numbers[0], numbers[1]};
	return true;
}

bool
version_less(struct version a, struct version b)
{
	return a.major != b.major ? a.major < b.major : a.minor < b.minor;
}

static void
note_version(struct elf *e, struct slice name)
{
	static const char prefix[] = "GLIBC_";
	size_t n = sizeof prefix - 1;
	struct version v;
	if (name.n > n && memcmp(name.p, prefix, n) == 0 &&
	    version_read((struct slice){name.p + n, name.n - n}, &v) && version_less(e->glibc, v))
		e->glibc = v;
}

/* The versions of symbols that the program needs of its libraries. */
static bool
read_needs(struct slice file, uint64_t at, uint64_t count, uint64_t names, struct elf *e)
{
	need n;
	for (; count > 0; count--, at += n.vn_next) {
		needed_version v;
		if (!get(file, at, &n, sizeof n))
			return false;
		uint64_t one = at + n.vn_aux;
		for (unsigned i = 0; i < n.vn_cnt; i++, one += v.vna_next) {
			struct slice name;
			if (!get(file, one, &v, sizeof v) ||
			    !text_at(file, names + v.vna_name, &name))
				return false;
			note_version(e, name);
			if (!v.vna_next)
				break;
		}
		if (!n.vn_next)
			break;
	}
	return true;
}

static bool
read_dynamic(struct slice file, const file_header *h, const segment *s, struct elf *e)
{
	uint64_t strings = 0, needs = 0, count = 0;
	for (uint64_t at = 0; at + sizeof(entry) <= s->p_filesz; at += sizeof(entry)) {
		entry d;
		if (!get(file, s->p_offset + at, &d, sizeof d))
			return false;
		if (d.d_tag == DT_NULL)
			break;
		if (d.d_tag == DT_STRTAB)
			strings = d.d_un.d_ptr;
		else if (d.d_tag == DT_VERNEED)
			needs = d.d_un.d_ptr;
		else if (d.d_tag == DT_VERNEEDNUM)
			count = d.d_un.d_val;
	}
	if (!needs)
		return true;
	return offset_of(file, h, strings, &strings) && offset_of(file, h, needs, &needs) &&
	       read_needs(file, needs, count, strings, e);
}

const char *
elf_read(struct slice file, struct elf *e)
{
	file_header h;
	*e = (struct elf){0};
	if (file.n < SELFMAG || memcmp(file.p, ELFMAG, SELFMAG) != 0)
		return NULL;
	e->is_elf = true;
	if (!get(file, 0, &h, sizeof h))
		return broken;
	if (h.e_ident[EI_CLASS] != OUR_CLASS || h.e_ident[EI_DATA] != OUR_DATA ||
	    (OUR_MACHINE != EM_NONE && h.e_machine != OUR_MACHINE))
		return "is for another processor";
	for (size_t i = 0; i < h.e_phnum; i++) {
		segment s;
		if (!segment_at(file, &h, i, &s))
			return broken;
		if (s.p_type == PT_INTERP && (s.p_filesz > sizeof e->loader ||
						 !get(file, s.p_offset, e->loader, s.p_filesz)))
			return broken;
		if (s.p_type == PT_DYNAMIC && !read_dynamic(file, &h, &s, e))
			return broken;
	}
	e->loader[sizeof e->loader - 1] = '\0';
	return NULL;
}
