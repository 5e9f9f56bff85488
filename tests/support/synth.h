// SPDX-License-Identifier: GPL-2.0-only
// Recordings out of thin air: the kernel's side of a trace.dat, for tests and the benchmark.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "trace/dat_writer.h"
#include "trace/event.h"

namespace mmuw::synth {

// The format file that the module would give an event, with the record id.
std::string format_text(Kind kind, uint16_t id);
std::string header_page(size_t page);
std::string header_event();
// Record ids of the kinds, as in format_text.
uint16_t record_id(Kind kind);
DatContents contents(size_t page);

// Ring-buffer pages of one CPU, into an unlinked temporary file.
class Cpu {
  public:
    explicit Cpu(size_t page);
    void add(const Event& e);
    // Also records that are not the witness'.
    void add_raw(uint64_t order, const void* record, size_t size);
    void flush();  // ends the page that is being filled
    uint64_t size() const { return written_; }
    int fd() const { return fileno(file_.get()); }

  private:
    struct Close {
        void operator()(FILE* f) const { fclose(f); }
    };
    std::unique_ptr<FILE, Close> file_;
    size_t page_;
    std::vector<unsigned char> buffer_;
    size_t commit_ = 0;  // bytes of records in it
    uint64_t last_ = 0;  // timestamp of the last record
    uint64_t written_ = 0;
};

// A whole recording; cpu of each event says where it goes.
Result<void> write(const std::string& path, const std::vector<Event>& events, size_t page = 4096);

}  // namespace mmuw::synth
