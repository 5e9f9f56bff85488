// SPDX-License-Identifier: GPL-2.0-only
#include "trace/dat_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "base/fd.h"
#include "trace/dat_parse.h"

namespace mmuw {
namespace {

class Buffer {
  public:
    template <typename T>
    Buffer& number(std::type_identity_t<T> v) {
        data_.append(reinterpret_cast<const char*>(&v), sizeof v);
        return *this;
    }
    Buffer& bytes(std::string_view s) {
        data_ += s;
        return *this;
    }
    Buffer& c_string(std::string_view s) { return bytes(s).bytes(std::string_view("\0", 1)); }
    Buffer& sized(std::string_view s) { return number<uint64_t>(s.size()).bytes(s); }
    Buffer& option(uint16_t id, std::string_view text) {
        return number<uint16_t>(id)
            .number<uint32_t>(static_cast<uint32_t>(text.size() + 1))
            .c_string(text);
    }
    const std::string& data() const { return data_; }

  private:
    std::string data_;
};

Result<void> write_all(int fd, const char* data, size_t size, const std::string& path) {
    while (size) {
        const ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno_error("write", path);
        data += n;
        size -= static_cast<size_t>(n);
    }
    return {};
}

Result<void> copy_pages(int to, const DatPages& from, const std::string& path) {
    std::vector<char> chunk(1 << 20);
    for (uint64_t at = 0; at < from.size;) {
        const size_t want = std::min<uint64_t>(chunk.size(), from.size - at);
        const ssize_t n = pread(from.fd, chunk.data(), want, static_cast<off_t>(at));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno_error("pread", "spool");
        if (n == 0) return error("the spool of cpu {} ends early", from.cpu);
        if (auto ok = write_all(to, chunk.data(), static_cast<size_t>(n), path); !ok) return ok;
        // Best effort: a filesystem that cannot only costs space.
        (void)fallocate(from.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(at),
                        n);
        at += static_cast<uint64_t>(n);
    }
    return {};
}

std::string headers(const DatContents& c, uint32_t cpus) {
    Buffer b;
    b.bytes("\x17\x08\x44tracing").c_string("6");
    b.number<uint8_t>(0).number<uint8_t>(8).number<uint32_t>(c.page);
    b.c_string("header_page").sized(c.header_page);
    b.c_string("header_event").sized(c.header_event);
    b.number<uint32_t>(0);  // formats of ftrace's own events: none recorded
    std::map<std::string, std::vector<const FormatFile*>> systems;
    for (const FormatFile& f : c.formats) systems[f.system].push_back(&f);
    b.number<uint32_t>(static_cast<uint32_t>(systems.size()));
    for (const auto& [system, formats] : systems) {
        b.c_string(system).number<uint32_t>(static_cast<uint32_t>(formats.size()));
        for (const FormatFile* f : formats) b.sized(f->text);
    }
    b.number<uint32_t>(static_cast<uint32_t>(c.kallsyms.size())).bytes(c.kallsyms);
    b.number<uint32_t>(0);  // printk formats
    b.sized(c.cmdlines);
    b.number<uint32_t>(cpus);
    b.c_string("options  ");
    if (!c.clock.empty()) b.option(kOptTraceClock, c.clock);
    if (!c.uname.empty()) b.option(kOptUname, c.uname);
    for (const std::string& s : c.cpu_stats) b.option(kOptCpuStat, s);
    b.number<uint16_t>(kOptDone);
    b.c_string("flyrecord");
    return b.data();
}

}  // namespace

Result<void> write_dat(const std::string& path, const DatContents& contents,
                       const std::vector<DatPages>& pages) {
    const Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd) return errno_error("open", path);
    uint32_t cpus = 1;
    for (const DatPages& p : pages) cpus = std::max(cpus, p.cpu + 1u);

    // The table is by CPU number, the pages follow it on page boundaries.
    std::string head = headers(contents, cpus);
    uint64_t at = head.size() + size_t{16} * cpus;
    const auto aligned = [&](uint64_t v) {
        return (v + contents.page - 1) / contents.page * contents.page;
    };
    at = aligned(at);
    std::vector<std::pair<uint64_t, uint64_t>> table(cpus, {at, 0});
    for (const DatPages& p : pages) {
        table[p.cpu] = {at, p.size};
        at = aligned(at + p.size);
    }
    Buffer tail;
    for (const auto& [offset, size] : table) tail.number<uint64_t>(offset).number<uint64_t>(size);
    head += tail.data();
    head.resize(aligned(head.size()));
    if (auto ok = write_all(fd.get(), head.data(), head.size(), path); !ok) return ok;
    for (const DatPages& p : pages)
        if (auto ok = copy_pages(fd.get(), p, path); !ok) return ok;
    return {};
}

}  // namespace mmuw
