// SPDX-License-Identifier: GPL-2.0-only
// The four ways to ask for a file's data to be written.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "backing/backing_file.h"

namespace mmuw {

// Values of enum mmuwitness_sync in the witness' ABI.
enum class Sync : std::uint32_t {
    kMsync = 1,  // msync(MS_SYNC), always the system call: io_uring has none
    kFsync,      // io_uring: runs on a kernel worker of this process (iou-wrk-*)
    kFdatasync,  // likewise
    kFileRange,  // sync_file_range(WAIT_BEFORE | WRITE | WAIT_AFTER), likewise
};
inline constexpr Sync kEverySync[] = {Sync::kMsync, Sync::kFsync, Sync::kFdatasync,
                                      Sync::kFileRange};

std::string to_string(Sync sync);

// For one thread at a time; make one per thread.
class Syncer {
  public:
    enum class Path { kUring, kSyscall };

    // Falls back to system calls where io_uring is not built (ENOSYS) or forbidden (EPERM).
    explicit Syncer(Path wanted = Path::kUring);
    ~Syncer();
    Syncer(const Syncer&) = delete;
    Syncer& operator=(const Syncer&) = delete;

    [[nodiscard]] Path path() const { return ring_ ? Path::kUring : Path::kSyscall; }
    // Why path() is not kUring: empty if wanted so, or the error of io_uring_queue_init.
    [[nodiscard]] const std::string& why_not_uring() const { return why_not_uring_; }

    // Writes [first, first + count) pages, or the whole file where the operation knows no range
    // (fsync, fdatasync). Returns 0 or an errno value: EIO is an observation, not a mistake.
    [[nodiscard]] int try_sync(const BackingFile& file, Sync sync, std::uint64_t first,
                               std::uint64_t count);
    // Throws SysError instead.
    void sync(const BackingFile& file, Sync sync, std::uint64_t first, std::uint64_t count);

  private:
    struct Ring;
    std::unique_ptr<Ring> ring_;
    std::string why_not_uring_;
};

}  // namespace mmuw
