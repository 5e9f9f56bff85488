// SPDX-License-Identifier: GPL-2.0-only
#include "trace/spool.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>

namespace mmuw {
namespace {

// To read what is empty may lose what is written meanwhile:
// docs/reports/ring-buffer-reader-race.md.
bool has_data(int pipe) {
    pollfd p{.fd = pipe, .events = POLLIN, .revents = 0};
    return poll(&p, 1, 0) == 1 && (p.revents & POLLIN) != 0;
}

}  // namespace

Result<Spool> Spool::open(const std::string& per_cpu_dir, uint16_t cpu,
                          const std::string& directory, size_t page) {
    Spool s;
    s.cpu_ = cpu;
    s.page_ = page;
    const std::string pipe = per_cpu_dir + "/trace_pipe_raw";
    s.pipe_ = Fd(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!s.pipe_) return errno_error("open", pipe);
    s.path_ = std::format("{}/spool-cpu{}.raw", directory, cpu);
    s.file_ = Fd(::open(s.path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!s.file_) return errno_error("open", s.path_);
    s.end_ = std::make_shared<std::atomic<uint64_t>>(0);
    s.buffer_.resize(std::max<size_t>(page, 256 * 1024 / page * page));
    return s;
}

void Spool::flush() {
    const uint64_t at = end_->load(std::memory_order_relaxed);
    size_t done = 0;
    while (error_.empty() && done < filled_) {
        const ssize_t n = pwrite(file_.get(), buffer_.data() + done, filled_ - done,
                                 static_cast<off_t>(at + done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            error_ = errno_error("write", path_).error();
            break;
        }
        done += static_cast<size_t>(n);
    }
    // Only whole pages count: a torn one would look like damage.
    end_->store(at + done / page_ * page_, std::memory_order_release);
    filled_ = 0;
}

size_t Spool::drain(size_t max_pages) {
    size_t pages = 0;
    while (pages < max_pages && has_data(pipe_.get())) {
        const ssize_t n = read(pipe_.get(), buffer_.data() + filled_, page_);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            if (n < 0 && errno != EAGAIN && error_.empty())
                error_ = errno_error("read", "trace_pipe_raw").error();
            break;
        }
        // The kernel hands out whole pages; the rest of a partial one is not data.
        std::fill(buffer_.begin() + static_cast<long>(filled_) + n,
                  buffer_.begin() + static_cast<long>(filled_ + page_), 0);
        filled_ += page_;
        ++pages;
        if (filled_ == buffer_.size()) flush();
    }
    flush();
    return pages;
}

}  // namespace mmuw
