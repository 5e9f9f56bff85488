// SPDX-License-Identifier: GPL-2.0-only
// One CPU of a live recording: its trace_pipe_raw, and the file that takes its pages.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.h"
#include "trace/result.h"

namespace mmuw {

class Spool {
  public:
    // page: bytes of a ring-buffer page (sub-buffer), also the unit of reading.
    static Result<Spool> open(const std::string& per_cpu_dir, uint16_t cpu,
                              const std::string& directory, size_t page);

    // Moves up to max_pages pages, partial ones too, until the buffer is empty. The number
    // of pages moved. Once the disk refuses, goes on emptying the kernel's buffer (so that
    // nothing else changes) and drops what it reads; error() then says why.
    size_t drain(size_t max_pages);

    uint16_t cpu() const { return cpu_; }
    int fd() const { return file_.get(); }
    uint64_t size() const { return end_->load(std::memory_order_acquire); }
    std::shared_ptr<const std::atomic<uint64_t>> end() const { return end_; }
    const std::string& path() const { return path_; }
    const std::string& error_text() const { return error_; }

  private:
    void flush();

    uint16_t cpu_ = 0;
    size_t page_ = 0;
    Fd pipe_, file_;
    std::string path_, error_;
    std::shared_ptr<std::atomic<uint64_t>> end_;  // bytes in file_
    std::vector<char> buffer_;
    size_t filled_ = 0;
};

}  // namespace mmuw
