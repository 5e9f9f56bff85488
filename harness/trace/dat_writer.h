// SPDX-License-Identifier: GPL-2.0-only
// Writing trace.dat, version 6: the simpler of the two layouts, which every trace-cmd,
// KernelShark reads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trace/decoder.h"
#include "trace/result.h"

namespace mmuw {

struct DatContents {
    std::string header_page, header_event;  // events/header_page, events/header_event
    std::vector<FormatFile> formats;        // grouped by system
    std::string kallsyms, cmdlines;         // may be empty
    std::string clock;                      // as trace_clock says: "local [counter]"
    std::string uname;
    std::vector<std::string> cpu_stats;  // per_cpu/cpuN/stats
    uint32_t page = 4096;                // bytes of a ring-buffer page
};

// Whole pages of one CPU: the file at fd, from its start. The writer frees what it has
// copied (punches it out), so that a recording needs its size on the disk only once.
struct DatPages {
    uint16_t cpu;
    int fd;
    uint64_t size;
};

Result<void> write_dat(const std::string& path, const DatContents& contents,
                       const std::vector<DatPages>& cpus);

}  // namespace mmuw
