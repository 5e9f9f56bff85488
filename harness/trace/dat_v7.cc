// SPDX-License-Identifier: GPL-2.0-only
// trace-cmd.dat.v7(5): sections, found through options; both may be compressed.
#include "trace/dat_parse.h"
#include "trace/zpages.h"

namespace mmuw {
namespace {

constexpr uint16_t kCompressed = 1;
// Option sections are chained by file offsets: a loop of them must end.
constexpr unsigned kMaxSections = 1000;

struct Section {
    std::vector<std::byte> unpacked;  // empty when stored as it is
    Bytes in;
};

Section open_section(const DatFile& f, Bytes in, uint64_t offset) {
    in.seek(offset);
    in.number<uint16_t>();  // id
    const auto flags = in.number<uint16_t>();
    in.number<uint32_t>();  // description
    in.number<uint64_t>();  // size
    if (!(flags & kCompressed)) return {{}, in};
    const auto packed = in.number<uint32_t>();
    const auto size = in.number<uint32_t>();
    auto data = decompress(in.take(packed), size, f.compression);
    if (!data) throw BadFile(data.error());
    Section s{std::move(*data), in};
    s.in = Bytes(s.unpacked);
    return s;
}

void parse_buffer(DatFile& f, Bytes file, Bytes option, DatHeader& header) {
    const auto section = option.number<uint64_t>();
    option.c_string();  // instance
    f.clock = option.c_string();
    f.page = option.number<uint32_t>();
    header.buffer_page = true;
    file.seek(section);
    file.number<uint16_t>();
    const bool compressed = file.number<uint16_t>() & kCompressed;
    const auto cpus = option.number<uint32_t>();
    for (uint32_t i = 0; i < cpus; ++i) {
        const auto cpu = option.number<uint32_t>();
        const auto offset = option.number<uint64_t>();
        const auto size = option.number<uint64_t>();
        f.cpus.push_back({static_cast<uint16_t>(cpu), offset, size, compressed});
    }
}

}  // namespace

void parse_v7(DatFile& f, Bytes in, DatHeader& header) {
    f.compression = in.c_string();
    in.c_string();  // its version
    auto next = in.number<uint64_t>();
    for (unsigned i = 0; next && i < kMaxSections; ++i) {
        Section options = open_section(f, in, next);
        for (;;) {
            const auto id = options.in.number<uint16_t>();
            Bytes option(options.in.take(options.in.number<uint32_t>()));
            if (id == kOptDone) {
                next = option.number<uint64_t>();
                break;
            }
            if (id == kOptBuffer) parse_buffer(f, in, option, header);
            if (id == kOptCpuStat) f.cpu_stats.emplace_back(option.c_string());
            if (id == kOptHeaderInfo) {
                Section s = open_section(f, in, option.number<uint64_t>());
                parse_header_info(s.in, header);
            }
            if (id == kOptEventFormats) {
                Section s = open_section(f, in, option.number<uint64_t>());
                parse_event_formats(s.in, f);
            }
        }
    }
}

}  // namespace mmuw
