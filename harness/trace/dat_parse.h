// SPDX-License-Identifier: GPL-2.0-only
// The two layouts of trace.dat; private to dat*.cc.
#pragma once

#include <stdexcept>
#include <string>

#include "trace/dat.h"
#include "trace/dat_bytes.h"

namespace mmuw {

struct BadFile : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct DatHeader {
    std::string page;          // events/header_page
    bool buffer_page = false;  // the page size came with the buffer (version 7)
};

// Option and section ids of trace-cmd.dat.v7(5); version 6 has the first ten.
enum : uint16_t {
    kOptDone = 0,
    kOptCpuStat = 2,
    kOptBuffer = 3,
    kOptTraceClock = 4,
    kOptUname = 5,
    kOptCpuCount = 8,
    kOptHeaderInfo = 16,
    kOptEventFormats = 18,
};

// in: behind the page size of the initial format. Throw BadFile or Truncated.
void parse_v6(DatFile& f, Bytes in, DatHeader& header);
void parse_v7(DatFile& f, Bytes in, DatHeader& header);

void parse_header_info(Bytes& in, DatHeader& header);
void parse_event_formats(Bytes& in, DatFile& f);
// "local [counter] ..." -> "counter"
std::string active_clock(std::string_view text);

}  // namespace mmuw
