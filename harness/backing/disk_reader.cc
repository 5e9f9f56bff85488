// SPDX-License-Identifier: GPL-2.0-only
#include "backing/disk_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <format>
#include <stdexcept>

#include "backing/block_device.h"
#include "backing/ext4.h"
#include "base/sys_error.h"

namespace mmuw {

namespace {

constexpr int kMoves = 100;

std::vector<Extent> extents_of(int fd) {
    try {
        return read_extents(fd);
    } catch (const SysError& error) {
        if (error.code().value() == EOPNOTSUPP) throw NoDevice(error.what());
        throw;
    }
}

}  // namespace

DiskReader::DiskReader(const BackingFile& file, Method method)
    : file_(file),
      method_(method),
      filesystem_(filesystem_at(file.path())),
      btrfs_(method == Method::kDevice && filesystem_.name == "btrfs"
                 ? std::optional(btrfs_device_of(file.fd()))
                 : std::nullopt),
      source_(method == Method::kFile ? file.path()
              : btrfs_                ? btrfs_->path
                                      : block_device_of(file.fd())),
      fd_(open(source_.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC)),
      buffer_(file.pages() * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS) {
    if (!fd_) throw_errno("open({}, O_DIRECT)", source_);
    if (method == Method::kFile) return;
    // Better now than at the first comparison.
    bring_to_its_place();
    static_cast<void>(find(0, file.pages() * page_size()));
}

void DiskReader::bring_to_its_place() const {
    if (btrfs_) commit_btrfs(file_.fd());
    if (filesystem_.journals_data) checkpoint_ext4(file_.fd());
}

std::vector<Extent> DiskReader::find(std::uint64_t offset, std::uint64_t length) const {
    const std::vector<Extent> pieces = locate(extents_of(file_.fd()), offset, length);
    return btrfs_ ? to_device(pieces, read_btrfs_chunks(file_.fd()), btrfs_->id) : pieces;
}

std::span<const std::byte> DiskReader::read(std::uint64_t first, std::uint64_t count) {
    if (first + count > file_.pages()) throw std::out_of_range("DiskReader: past the file's end");
    const std::uint64_t offset = first * page_size();
    const std::uint64_t length = count * page_size();
    if (method_ == Method::kFile) {
        read_at(buffer_.bytes(), length, offset);
        return {buffer_.bytes(), length};
    }
    bring_to_its_place();
    // Blocks that the file has left meanwhile may hold anything.
    for (int moved = 0; moved < kMoves; moved++) {
        const std::vector<Extent> pieces = find(offset, length);
        for (const Extent& piece : pieces)
            read_at(buffer_.bytes() + (piece.logical - offset), piece.length, piece.physical);
        if (filesystem_.overwrites || find(offset, length) == pieces)
            return {buffer_.bytes(), length};
    }
    throw std::runtime_error(std::format("{} does not stay where it is", file_.path()));
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
