// SPDX-License-Identifier: GPL-2.0-only
#include "synth.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "trace/fields.h"

namespace mmuw::synth {
namespace {

constexpr size_t kCommon = 8;
constexpr uint16_t kFirstId = 1500;

// Where a field lies in the made-up record: as in the module's, which is as in Event.
template <typename F>
size_t layout(Kind kind, F&& f) {
    size_t end = 0;
    const auto place = [&](const Field& field) {
        const size_t at = kCommon + field.offset - offsetof(Event, seq);
        f(field, at);
        end = std::max(end, at + field.size);
    };
    for (const Field& field : common_fields()) place(field);
    for (const Field& field : kind_info(kind).fields) place(field);
    return end;
}

}  // namespace

uint16_t record_id(Kind kind) {
    return static_cast<uint16_t>(kFirstId + static_cast<int>(kind));
}

std::string format_text(Kind kind, uint16_t id) {
    std::string s = std::format("name: {}\nID: {}\nformat:\n", kind_info(kind).event, id);
    s += "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
         "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
         "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
         "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";
    layout(kind, [&](const Field& f, size_t at) {
        static const std::map<int, const char*> types = {{1, "u8"},  {2, "u16"},  {4, "u32"},
                                                         {8, "u64"}, {-2, "s16"}, {-8, "s64"}};
        const bool text = f.show == Show::text;
        const char* type = text            ? "char"
                           : f.is_number() ? types.at(f.is_signed ? -f.size : f.size)
                                           : "u64";
        std::string name = f.name;
        if (!f.is_number()) name += std::format("[{}]", text ? f.size : f.size / 8);
        s += std::format("\tfield:{} {};\toffset:{};\tsize:{};\tsigned:{};\n", type, name, at,
                         f.size, f.is_signed || text ? 1 : 0);
    });
    return s + "\nprint fmt: \"seq=%llu\", REC->seq\n";
}

std::string header_page(size_t page) {
    return std::format(
        "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
        "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
        "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
        "\tfield: char data;\toffset:16;\tsize:{};\tsigned:1;\n",
        page - 16);
}

std::string header_event() {
    return "# compressed entry header\n\ttype_len    :    5 bits\n\ttime_delta  :   27 bits\n"
           "\tarray       :   32 bits\n\n\tpadding     : type == 29\n\ttime_extend : type == 30\n"
           "\ttime_stamp : type == 31\n\tdata max type_len  == 28\n";
}

DatContents contents(size_t page) {
    DatContents c;
    c.header_page = header_page(page);
    c.header_event = header_event();
    for (size_t k = 0; k < kKinds; ++k) {
        const auto kind = static_cast<Kind>(k);
        c.formats.push_back({kSystem, format_text(kind, record_id(kind))});
    }
    c.cmdlines = "1 init\n";
    c.clock = "local global [counter]\n";
    c.uname = "Linux test 6.12 x86_64";
    c.page = static_cast<uint32_t>(page);
    return c;
}

Cpu::Cpu(size_t page) : file_(tmpfile()), page_(page), buffer_(page) {}

void Cpu::flush() {
    if (!commit_) return;
    std::memcpy(buffer_.data() + 8, &commit_, sizeof commit_);
    fwrite(buffer_.data(), 1, page_, file_.get());
    fflush(file_.get());
    written_ += page_;
    commit_ = 0;
    std::ranges::fill(buffer_, 0);
}

void Cpu::add_raw(uint64_t order, const void* record, size_t size) {
    const size_t words = (size + 3) / 4;
    size_t need = 4 + words * 4 + (words > 28 ? 4 : 0);
    if (commit_ + need + 8 > page_ - 16) flush();
    const auto put = [&](uint32_t word) {
        std::memcpy(buffer_.data() + 16 + commit_, &word, sizeof word);
        commit_ += sizeof word;
    };
    uint64_t delta = 0;
    if (commit_ == 0)
        std::memcpy(buffer_.data(), &order, sizeof order);
    else
        delta = order - last_;
    last_ = order;
    if (delta >> 27) {  // a time extend first
        put(30u | static_cast<uint32_t>(delta & ((1u << 27) - 1)) << 5);
        put(static_cast<uint32_t>(delta >> 27));
        delta = 0;
    }
    put((words <= 28 ? static_cast<uint32_t>(words) : 0u) | static_cast<uint32_t>(delta) << 5);
    if (words > 28) put(static_cast<uint32_t>(words * 4 + 4));
    std::memcpy(buffer_.data() + 16 + commit_, record, size);
    commit_ += words * 4;
}

void Cpu::add(const Event& e) {
    unsigned char record[512] = {};
    const uint16_t id = record_id(e.kind);
    std::memcpy(record, &id, sizeof id);
    std::memcpy(record + 4, &e.pid, sizeof e.pid);
    const size_t size = layout(e.kind, [&](const Field& f, size_t at) {
        std::memcpy(record + at, reinterpret_cast<const unsigned char*>(&e) + f.offset, f.size);
    });
    add_raw(e.order, record, size);
}

Result<void> write(const std::string& path, const std::vector<Event>& events, size_t page) {
    std::map<uint16_t, Cpu> cpus;
    for (const Event& e : events) cpus.try_emplace(e.cpu, page).first->second.add(e);
    std::vector<DatPages> pages;
    for (auto& [id, cpu] : cpus) {
        cpu.flush();
        pages.push_back({id, cpu.fd(), cpu.size()});
    }
    return write_dat(path, contents(page), pages);
}

}  // namespace mmuw::synth
