#include "files/bundle.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "model/image_section.h"

enum { TAIL_ALIGNMENT = 64 }; /* the data after the image keep their alignment up to this */

/* A file's bytes, and the headers that describe the image. */
struct elf_layout {
    const unsigned char *bytes;
    size_t size;
    Elf64_Ehdr head;
    Elf64_Shdr section;
    Elf64_Phdr segment;
    uint64_t section_at, segment_at; /* file offsets of these two headers */
};

static bool is_within(const struct elf_layout *file, uint64_t at, uint64_t size)
{
    return at <= file->size && size <= file->size - at;
}

static bool read_at(const struct elf_layout *file, uint64_t at, void *to, size_t size)
{
    if (!is_within(file, at, size))
        return false;
    memcpy(to, file->bytes + at, size);
    return true;
}

static uint64_t section_header_offset(const struct elf_layout *file, unsigned index)
{
    return file->head.e_shoff + (uint64_t)index * sizeof(Elf64_Shdr);
}

static uint64_t segment_header_offset(const struct elf_layout *file, unsigned index)
{
    return file->head.e_phoff + (uint64_t)index * sizeof(Elf64_Phdr);
}

/* On success both header tables lie within the file. */
static enum tc_status read_head(struct elf_layout *file, struct tc_error *error)
{
    Elf64_Ehdr *const head = &file->head;

    if (!read_at(file, 0, head, sizeof *head) || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0)
        return tc_fail(error, TC_BAD_FORMAT, "not an ELF library");
    if (head->e_ident[EI_CLASS] != ELFCLASS64 || head->e_ident[EI_DATA] != ELFDATA2LSB)
        return tc_fail(error, TC_UNSUPPORTED, "not a 64-bit little-endian ELF library");
    if (head->e_type != ET_DYN)
        return tc_fail(error, TC_UNSUPPORTED, "ELF type %u, expected %d (shared library)",
                       head->e_type, ET_DYN);
    if (head->e_phentsize != sizeof(Elf64_Phdr) || head->e_shentsize != sizeof(Elf64_Shdr))
        return tc_fail(error, TC_BAD_FORMAT, "ELF headers of %u and %u bytes, expected %zu and %zu",
                       head->e_phentsize, head->e_shentsize, sizeof(Elf64_Phdr),
                       sizeof(Elf64_Shdr));
    if (!is_within(file, head->e_phoff,
                   segment_header_offset(file, head->e_phnum) - head->e_phoff) ||
        !is_within(file, head->e_shoff, section_header_offset(file, head->e_shnum) - head->e_shoff))
        return tc_fail(error, TC_BAD_FORMAT,
                       "the file has %zu bytes, but its ELF header tables lie beyond them",
                       file->size);
    return TC_OK;
}

static bool has_name(const struct elf_layout *file, const Elf64_Shdr *names,
                     const Elf64_Shdr *section, const char *name)
{
    char found[sizeof TC_IMAGE_SECTION];

    return section->sh_name < names->sh_size &&
           read_at(file, names->sh_offset + section->sh_name, found, sizeof found) &&
           memcmp(found, name, sizeof found) == 0;
}

static enum tc_status find_section(struct elf_layout *file, struct tc_error *error)
{
    Elf64_Shdr names;

    if (file->head.e_shstrndx >= file->head.e_shnum)
        return tc_fail(error, TC_UNSUPPORTED, "the library has no section names");
    (void)read_at(file, section_header_offset(file, file->head.e_shstrndx), &names, sizeof names);
    if (!is_within(file, names.sh_offset, names.sh_size))
        return tc_fail(error, TC_BAD_FORMAT, "the section names lie beyond the end of the file");
    for (unsigned i = 0; i < file->head.e_shnum; ++i) {
        file->section_at = section_header_offset(file, i);
        (void)read_at(file, file->section_at, &file->section, sizeof file->section);
        if (!has_name(file, &names, &file->section, TC_IMAGE_SECTION))
            continue;
        if (file->section.sh_type == SHT_NOBITS ||
            !is_within(file, file->section.sh_offset, file->section.sh_size))
            return tc_fail(error, TC_BAD_FORMAT, "the section %s lies beyond the end of the file",
                           TC_IMAGE_SECTION);
        return TC_OK;
    }
    return tc_fail(error, TC_UNSUPPORTED, "the library has no section %s", TC_IMAGE_SECTION);
}

/* The segment that holds just the image. */
static enum tc_status find_segment(struct elf_layout *file, struct tc_error *error)
{
    const Elf64_Shdr *const section = &file->section;

    for (unsigned i = 0; i < file->head.e_phnum; ++i) {
        file->segment_at = segment_header_offset(file, i);
        (void)read_at(file, file->segment_at, &file->segment, sizeof file->segment);
        if (file->segment.p_type == PT_LOAD && file->segment.p_offset == section->sh_offset &&
            file->segment.p_vaddr == section->sh_addr && file->segment.p_filesz == section->sh_size)
            return TC_OK;
    }
    return tc_fail(error, TC_BAD_FORMAT, "the section %s has no loaded segment of its own",
                   TC_IMAGE_SECTION);
}

static enum tc_status read_layout(struct elf_layout *file, const unsigned char *bytes, size_t size,
                                  struct tc_error *error)
{
    enum tc_status status;

    *file = (struct elf_layout){.bytes = bytes, .size = size};
    status = read_head(file, error);
    if (!status)
        status = find_section(file, error);
    if (!status)
        status = find_segment(file, error);
    return status;
}

enum tc_status tc_bundle_find_image(const unsigned char *file, size_t size,
                                    const unsigned char **image, size_t *image_size,
                                    struct tc_error *error)
{
    struct elf_layout layout;
    const enum tc_status status = read_layout(&layout, file, size, error);

    if (status)
        return status;
    *image = file + layout.section.sh_offset;
    *image_size = layout.section.sh_size;
    return TC_OK;
}

/* Nothing that is loaded may follow the image, in memory or in the file. */
static enum tc_status check_last(const struct elf_layout *file, struct tc_error *error)
{
    const uint64_t start = file->section.sh_offset;

    for (unsigned i = 0; i < file->head.e_phnum; ++i) {
        const uint64_t at = segment_header_offset(file, i);
        Elf64_Phdr other;

        (void)read_at(file, at, &other, sizeof other);
        if (at == file->segment_at)
            continue;
        if (other.p_offset > start || (other.p_filesz && other.p_filesz > start - other.p_offset) ||
            (other.p_type == PT_LOAD && other.p_vaddr > file->section.sh_addr))
            return tc_fail(error, TC_BAD_FORMAT, "segment %u follows the section %s", i,
                           TC_IMAGE_SECTION);
    }
    if (segment_header_offset(file, file->head.e_phnum) > start)
        return tc_fail(error, TC_BAD_FORMAT, "the program headers follow the section %s",
                       TC_IMAGE_SECTION);
    return TC_OK;
}

static void move_sections(const struct elf_layout *file, unsigned char *table, uint64_t tail,
                          uint64_t shift)
{
    for (unsigned i = 0; i < file->head.e_shnum; ++i) {
        unsigned char *const at = table + (size_t)i * sizeof(Elf64_Shdr);
        Elf64_Shdr section;

        memcpy(&section, at, sizeof section);
        if (section.sh_offset >= tail && !(section.sh_flags & SHF_ALLOC))
            section.sh_offset += shift;
        memcpy(at, &section, sizeof section);
    }
}

/* `shift` is added modulo 2^64: a smaller image moves the tables forward in the file. */
static void write_bundle(const struct elf_layout *file, const unsigned char *image,
                         size_t image_size, uint64_t shift, unsigned char *bundle)
{
    const uint64_t start = file->section.sh_offset, tail = start + file->section.sh_size;
    Elf64_Ehdr head = file->head;
    Elf64_Phdr segment = file->segment;
    Elf64_Shdr section = file->section;

    memcpy(bundle, file->bytes, start);
    memcpy(bundle + start, image, image_size);
    memcpy(bundle + tail + shift, file->bytes + tail, file->size - tail);
    segment.p_filesz = segment.p_memsz = section.sh_size = image_size;
    head.e_shoff += shift;
    memcpy(bundle, &head, sizeof head);
    memcpy(bundle + file->segment_at, &segment, sizeof segment);
    move_sections(file, bundle + head.e_shoff, tail, shift);
    memcpy(bundle + file->section_at + shift, &section, sizeof section);
}

enum tc_status tc_bundle_make(const unsigned char *file, size_t size, const unsigned char *image,
                              size_t image_size, unsigned char **bundle, size_t *bundle_size,
                              struct tc_error *error)
{
    struct elf_layout layout;
    uint64_t tail, moved, gap;
    enum tc_status status = read_layout(&layout, file, size, error);

    if (!status)
        status = check_last(&layout, error);
    if (status)
        return status;
    tail = layout.section.sh_offset + layout.section.sh_size;
    if (layout.head.e_shoff < tail)
        return tc_fail(error, TC_BAD_FORMAT, "the section headers precede the section %s",
                       TC_IMAGE_SECTION);
    moved = layout.section.sh_offset + image_size;
    gap = (tail - moved) % TAIL_ALIGNMENT;
    *bundle = calloc(1, moved + gap + (size - tail));
    if (!*bundle)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a bundle of %zu bytes", image_size);
    write_bundle(&layout, image, image_size, moved + gap - tail, *bundle);
    *bundle_size = moved + gap + (size - tail);
    return TC_OK;
}
