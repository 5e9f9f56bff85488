// SPDX-License-Identifier: GPL-2.0-only
// The ring-buffer pages of one CPU, one after the other, from a range of a file. The range
// may grow while it is read (the spool of a live recording).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "trace/result.h"

namespace mmuw {

class PageSource {
  public:
    virtual ~PageSource() = default;
    // The next page, valid until the next call; empty: none (for now).
    virtual Result<std::span<std::byte>> next() = 0;
};

class FilePages : public PageSource {
  public:
    // Bytes [begin, *end) of fd, which the caller keeps open; page: bytes of one page.
    FilePages(int fd, uint64_t begin, std::shared_ptr<const std::atomic<uint64_t>> end,
              size_t page);
    Result<std::span<std::byte>> next() override;

  private:
    int fd_;
    uint64_t at_;
    std::shared_ptr<const std::atomic<uint64_t>> end_;
    size_t page_;
    std::vector<std::byte> buffer_;
    size_t used_ = 0;
    size_t filled_ = 0;
};

// Is the chain of records within the page sound? kbuffer believes what it reads, so a
// damaged file must be caught here. data: bytes before the records (of header_page).
bool page_is_sound(std::span<const std::byte> page, size_t data);

}  // namespace mmuw
