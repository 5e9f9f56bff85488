// SPDX-License-Identifier: GPL-2.0-only
#include "trace/dat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdio>
#include <map>

#include "base/mapping.h"
#include "trace/dat_parse.h"
#include "trace/zpages.h"

namespace mmuw {
namespace {

constexpr char kMagic[] = "\x17\x08\x44tracing";

void parse(DatFile& f, std::span<const std::byte> all) {
    Bytes in(all);
    if (all.size() < 10 || std::memcmp(all.data(), kMagic, std::min<size_t>(10, all.size())) != 0)
        throw BadFile("not a trace.dat: give a file that mmuwitness or trace-cmd recorded");
    in.take(10);
    const std::string version(in.c_string());
    if (version != "6" && version != "7")
        throw BadFile("trace.dat version '" + version +
                      "': use trace-cmd convert --file-version 7 -i IN -o OUT");
    f.version = static_cast<unsigned>(version[0] - '0');
    if (in.number<uint8_t>() != 0)
        throw BadFile("recorded on a big-endian machine: judge it on such a machine");
    const unsigned word = in.number<uint8_t>();
    f.page = in.number<uint32_t>();
    DatHeader header;
    if (f.version == 6)
        parse_v6(f, in, header);
    else
        parse_v7(f, in, header);
    if (header.page.empty()) throw Truncated("it has no header_page");
    auto layout = parse_header_page(header.page);
    if (!layout) throw BadFile(layout.error());
    if (layout->data != 16)
        throw BadFile("recorded on a 32-bit kernel (" + std::to_string(word * 8) +
                      "-bit words): only 64-bit recordings can be judged");
    f.data = layout->data;
    if (f.version == 6 || !header.buffer_page) f.page = layout->page;
    if (f.page < 64 || f.page > 1u << 24) throw BadFile("impossible page size");
    for (const DatCpu& c : f.cpus)
        if (c.size && (c.offset > f.file_size || c.size > f.file_size - c.offset))
            throw Truncated("cpu " + std::to_string(c.cpu) + " needs " +
                            std::to_string(c.offset + c.size) + " bytes, the file has " +
                            std::to_string(f.file_size));
}

}  // namespace

Result<PageLayout> parse_header_page(const std::string& text) {
    // "	field: char data;	offset:16;	size:4080;	signed:1;"
    const size_t at = text.find(" data;");
    unsigned offset = 0;
    unsigned size = 0;
    if (at == text.npos ||
        std::sscanf(text.c_str() + at, " data; offset:%u; size:%u;", &offset, &size) != 2)
        return error("cannot read its header_page");
    return PageLayout{size_t{offset} + size, offset};
}

Result<DatFile> DatFile::open(const std::string& path) {
    DatFile f;
    f.path = path;
    f.fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!f.fd) return errno_error("open", path);
    struct stat st = {};
    if (fstat(f.fd.get(), &st) != 0) return errno_error("fstat", path);
    if (!S_ISREG(st.st_mode)) return error("{}: not a regular file", path);
    f.file_size = static_cast<uint64_t>(st.st_size);
    if (f.file_size == 0) return error("{}: empty file, not a trace.dat", path);
    try {
        // Mapped for the headers only; pages are read one after the other (FilePages).
        const Mapping map(f.file_size, PROT_READ, MAP_PRIVATE, f.fd.get());
        parse(f, map.span());
    } catch (const Truncated& e) {
        return error("{}: truncated: {}; record again, or copy the whole file", path, e.what());
    } catch (const std::exception& e) {
        return error("{}: {}", path, e.what());
    }
    return f;
}

Result<EventStream> stream_of(const DatFile& f) {
    auto decoder = Decoder::make(f.formats);
    if (!decoder) return error("{}: {}", f.path, decoder.error());
    EventStream stream(std::make_shared<const Decoder>(std::move(*decoder)), f.data);
    for (const DatCpu& c : f.cpus) {
        if (!c.size) continue;
        if (c.compressed) {
            auto pages = compressed_pages(f.fd.get(), c.offset, f.page, f.compression);
            if (!pages) return error("{}: {}", f.path, pages.error());
            stream.add_cpu(c.cpu, std::move(*pages));
            continue;
        }
        auto end = std::make_shared<const std::atomic<uint64_t>>(c.offset + c.size);
        stream.add_cpu(c.cpu, std::make_unique<FilePages>(f.fd.get(), c.offset, end, f.page));
    }
    return stream;
}

}  // namespace mmuw
