// SPDX-License-Identifier: GPL-2.0-only
#include "backing/backing_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "base/sys_error.h"

namespace mmuw {
namespace {

Fd create(std::string& path) {
    Fd fd(mkostemp(path.data(), O_CLOEXEC));
    if (!fd) throw_errno("mkostemp({})", path);
    return fd;
}

void write_zeros(int fd, const std::string& path, std::uint64_t bytes) {
    const std::vector<std::byte> zeros(1 << 20);
    for (std::uint64_t done = 0; done < bytes;) {
        const auto part = std::min<std::uint64_t>(zeros.size(), bytes - done);
        const ssize_t written = pwrite(fd, zeros.data(), part, static_cast<off_t>(done));
        if (written < 0) throw_errno("pwrite({}, {} bytes at {})", path, part, done);
        done += static_cast<std::uint64_t>(written);
    }
    if (fsync(fd) != 0) throw_errno("fsync({})", path);
}

// Unlinks a path unless told to keep it: the constructor may throw after the file was made.
class Unlinker {
  public:
    explicit Unlinker(const std::string& path) : path_(path) {}
    Unlinker(const Unlinker&) = delete;
    Unlinker& operator=(const Unlinker&) = delete;
    ~Unlinker() {
        if (!kept_) unlink(path_.c_str());
    }
    void keep() { kept_ = true; }

  private:
    const std::string& path_;
    bool kept_ = false;
};

}  // namespace

BackingFile::BackingFile(const std::string& directory, std::uint64_t pages)
    : pages_(pages), path_(directory + "/mmuwitness-XXXXXX"), fd_(create(path_)) {
    Unlinker unlinker(path_);
    write_zeros(fd(), path_, pages * page_size());
    mapping_ = map_again();
    unlinker.keep();
}

BackingFile::~BackingFile() {
    unlink(path_.c_str());
}

std::byte* BackingFile::page(std::uint64_t index) const {
    if (index >= pages_ || mapping_.get() == nullptr)
        throw std::out_of_range("BackingFile::page: past the end, or unmapped");
    return mapping_.bytes() + index * page_size();
}

Mapping BackingFile::map_again() const {
    return Mapping(pages_ * page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd());
}

}  // namespace mmuw
