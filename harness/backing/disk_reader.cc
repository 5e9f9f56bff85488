// SPDX-License-Identifier: GPL-2.0-only
#include "backing/disk_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <format>
#include <stdexcept>

#include "backing/block_device.h"
#include "backing/extents.h"
#include "base/sys_error.h"

namespace mmuw {

DiskReader::DiskReader(const BackingFile& file, Method method)
    : file_(file),
      method_(method),
      source_(method == Method::kDevice ? block_device_of(file.fd()) : file.path()),
      fd_(open(source_.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC)) {
    if (!fd_) throw_errno("open({}, O_DIRECT)", source_);
    // Better now than at the first comparison.
    if (method == Method::kDevice) locate(read_extents(file.fd()), 0, file.pages() * page_size());
}

std::span<const std::byte> DiskReader::read(std::uint64_t first, std::uint64_t count) {
    if (first + count > file_.pages()) throw std::out_of_range("DiskReader: past the file's end");
    const std::uint64_t offset = first * page_size();
    const std::uint64_t length = count * page_size();
    if (buffer_.size() < length)
        buffer_ = Mapping(length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    if (method_ == Method::kFile) {
        read_at(buffer_.bytes(), length, offset);
    } else {
        // Asked each time: some filesystems move blocks on overwrite.
        for (const Extent& piece : locate(read_extents(file_.fd()), offset, length))
            read_at(buffer_.bytes() + (piece.logical - offset), piece.length, piece.physical);
    }
    return {buffer_.bytes(), length};
}

void DiskReader::read_at(std::byte* to, std::uint64_t length, std::uint64_t offset) {
    while (length > 0) {
        const ssize_t got = pread(fd_.get(), to, length, static_cast<off_t>(offset));
        if (got < 0) throw_errno("pread({}, O_DIRECT, {} bytes at {})", source_, length, offset);
        if (got == 0)
            throw std::runtime_error(std::format("{}: end of device at {}", source_, offset));
        to += got;
        offset += static_cast<std::uint64_t>(got);
        length -= static_cast<std::uint64_t>(got);
    }
}

}  // namespace mmuw
