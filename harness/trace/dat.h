// SPDX-License-Identifier: GPL-2.0-only
// Reading trace.dat, versions 6 and 7 (trace-cmd.dat.v6(5), trace-cmd.dat.v7(5)), of our own
// recorder or of trace-cmd. 64-bit little endian recordings only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.h"
#include "trace/decoder.h"
#include "trace/result.h"
#include "trace/stream.h"

namespace mmuw {

struct DatCpu {
    uint16_t cpu;
    uint64_t offset, size;  // bytes in the file; size in whole pages
    bool compressed;        // version 7: chunks
};

struct DatFile {
    std::string path;
    Fd fd;
    uint64_t file_size = 0;
    unsigned version = 0;
    size_t page = 0;  // bytes of a ring-buffer page
    size_t data = 0;  // of them before the records
    std::string clock;
    std::string compression;
    std::vector<FormatFile> formats;
    std::vector<DatCpu> cpus;  // of all instances in it
    std::vector<std::string> cpu_stats;

    static Result<DatFile> open(const std::string& path);
};

// All events of the file. The file must outlive the stream.
Result<EventStream> stream_of(const DatFile& file);

// Bytes of a page and of what precedes its records, from events/header_page.
struct PageLayout {
    size_t page, data;
};
Result<PageLayout> parse_header_page(const std::string& text);

}  // namespace mmuw
