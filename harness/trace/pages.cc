// SPDX-License-Identifier: GPL-2.0-only
#include "trace/pages.h"

#include <unistd.h>

#include <algorithm>

namespace mmuw {
namespace {

// Enough to make a read cheap beside its pages, little enough for many CPUs.
constexpr size_t kReadBytes = 256 * 1024;

// kbuffer looks at the word behind the last record.
constexpr size_t kSlack = 64;

constexpr uint64_t kCommitMask = (1u << 27) - 1;  // kernel/trace/ring_buffer.c: flags are above

uint32_t read_u32(const std::byte* p) {
    uint32_t v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

}  // namespace

FilePages::FilePages(int fd, uint64_t begin, std::shared_ptr<const std::atomic<uint64_t>> end,
                     size_t page)
    : fd_(fd), at_(begin), end_(std::move(end)), page_(page) {}

Result<std::span<std::byte>> FilePages::next() {
    if (used_ == filled_) {
        const uint64_t left = end_->load(std::memory_order_acquire) - at_;
        if (left < page_) return std::span<std::byte>();
        const size_t most = std::max(page_, kReadBytes / page_ * page_);
        buffer_.resize(most + kSlack);
        const size_t want = std::min<uint64_t>(most, left / page_ * page_);
        size_t got = 0;
        while (got < want) {
            const ssize_t n =
                pread(fd_, buffer_.data() + got, want - got, static_cast<off_t>(at_ + got));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return errno_error("pread", "trace pages");
            if (n == 0) return error("truncated: pages end {} bytes early", left - got);
            got += static_cast<size_t>(n);
        }
        at_ += got;
        used_ = 0;
        filled_ = got;
    }
    const std::span page(buffer_.data() + used_, page_);
    used_ += page_;
    return page;
}

bool page_is_sound(std::span<const std::byte> page, size_t data) {
    if (page.size() < data || data < 16) return false;
    uint64_t commit;
    std::memcpy(&commit, page.data() + 8, sizeof commit);
    commit &= kCommitMask;
    if (commit > page.size() - data || commit % 4) return false;
    const std::byte* records = page.data() + data;
    // enum ring_buffer_type (include/linux/ring_buffer.h): 29 padding, 30 and 31 time,
    // 1..28 words of data, 0: the length follows and counts itself.
    for (uint64_t at = 0; at < commit;) {
        if (commit - at < 4) return false;
        const uint32_t type = read_u32(records + at) & 31;
        uint64_t length = 4 + type * 4;
        if (type == 29 && commit - at < 8) return true;  // no room for a record: end of the page
        if (type == 0 || type >= 29) {
            if (commit - at < 8) return false;
            const uint32_t word = read_u32(records + at + 4);
            length = type >= 30 ? 8 : 4 + (uint64_t{word} + 3) / 4 * 4;
            if (type < 30 && word < 4) return false;
        }
        if (length > commit - at) return false;
        at += length;
    }
    return true;
}

}  // namespace mmuw
