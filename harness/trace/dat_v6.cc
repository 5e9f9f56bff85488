// SPDX-License-Identifier: GPL-2.0-only
// trace-cmd.dat.v6(5): headers in a fixed order, then the pages.
#include "trace/dat_parse.h"

namespace mmuw {

void parse_header_info(Bytes& in, DatHeader& header) {
    if (in.chars(12) != std::string_view("header_page\0", 12))
        throw BadFile("it has no header_page");
    header.page = in.chars(in.number<uint64_t>());
    if (in.chars(13) != std::string_view("header_event\0", 13))
        throw BadFile("it has no header_event");
    in.take(in.number<uint64_t>());
}

void parse_event_formats(Bytes& in, DatFile& f) {
    const auto systems = in.number<uint32_t>();
    for (uint32_t s = 0; s < systems; ++s) {
        const std::string system(in.c_string());
        const auto events = in.number<uint32_t>();
        for (uint32_t e = 0; e < events; ++e) {
            const auto text = in.chars(in.number<uint64_t>());
            if (system == kSystem) f.formats.push_back({system, std::string(text)});
        }
    }
}

std::string active_clock(std::string_view text) {
    const size_t open = text.find('[');
    if (open != text.npos) text.remove_prefix(open + 1);
    return std::string(text.substr(0, text.find_first_of("] \n")));
}

namespace {

void parse_cpu_table(DatFile& f, Bytes& in, uint32_t cpus) {
    for (uint32_t cpu = 0; cpu < cpus; ++cpu) {
        const auto offset = in.number<uint64_t>();
        const auto size = in.number<uint64_t>();
        f.cpus.push_back({static_cast<uint16_t>(cpu), offset, size, false});
    }
}

}  // namespace

void parse_v6(DatFile& f, Bytes in, DatHeader& header) {
    parse_header_info(in, header);
    const auto ftrace = in.number<uint32_t>();
    for (uint32_t i = 0; i < ftrace; ++i) in.take(in.number<uint64_t>());
    parse_event_formats(in, f);
    in.take(in.number<uint32_t>());  // kallsyms
    in.take(in.number<uint32_t>());  // printk formats
    in.take(in.number<uint64_t>());  // command lines
    auto cpus = in.number<uint32_t>();
    std::vector<uint64_t> instances;
    auto section = in.chars(10);
    if (section.starts_with("options")) {
        for (auto id = in.number<uint16_t>(); id != kOptDone; id = in.number<uint16_t>()) {
            const auto data = in.take(in.number<uint32_t>());
            Bytes option(data);
            if (id == kOptBuffer) instances.push_back(option.number<uint64_t>());
            if (id == kOptCpuCount) cpus = option.number<uint32_t>();
            const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
            if (id == kOptTraceClock) f.clock = active_clock(text);
            if (id == kOptCpuStat) f.cpu_stats.emplace_back(text.substr(0, text.find('\0')));
        }
        section = in.chars(10);
    }
    if (!section.starts_with("flyrecord"))
        throw BadFile("a latency trace (text), not a recording: use trace-cmd record");
    parse_cpu_table(f, in, cpus);
    for (const uint64_t offset : instances) {
        in.seek(offset);
        if (!in.chars(10).starts_with("flyrecord")) throw BadFile("an instance without records");
        parse_cpu_table(f, in, cpus);
    }
}

}  // namespace mmuw
