// SPDX-License-Identifier: GPL-2.0-only
#include "trace/zpages.h"

#include <unistd.h>

#ifdef MMUW_ZSTD
#include <zstd.h>
#endif

namespace mmuw {
namespace {

// Ten pages of 64K are what trace-cmd makes; more than this is a damaged file.
constexpr uint32_t kMaxChunk = 1u << 28;

Result<void> read_all(int fd, void* to, size_t size, uint64_t at) {
    auto* out = static_cast<char*>(to);
    while (size) {
        const ssize_t n = pread(fd, out, size, static_cast<off_t>(at));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno_error("pread", "trace chunk");
        if (n == 0) return error("truncated: a compressed chunk ends early");
        out += n;
        at += static_cast<uint64_t>(n);
        size -= static_cast<size_t>(n);
    }
    return {};
}

class ChunkPages : public PageSource {
  public:
    ChunkPages(int fd, uint64_t at, size_t page, std::string algorithm)
        : fd_(fd), at_(at), page_(page), algorithm_(std::move(algorithm)) {}

    Result<std::span<std::byte>> next() override {
        if (!started_) {
            if (auto ok = read_all(fd_, &chunks_, sizeof chunks_, at_); !ok)
                return std::unexpected(ok.error());
            at_ += sizeof chunks_;
            started_ = true;
        }
        while (used_ + page_ > data_.size()) {
            if (!chunks_) return std::span<std::byte>();
            --chunks_;
            uint32_t sizes[2];
            if (auto ok = read_all(fd_, sizes, sizeof sizes, at_); !ok)
                return std::unexpected(ok.error());
            if (sizes[0] > kMaxChunk || sizes[1] > kMaxChunk) return error("damaged chunk");
            std::vector<std::byte> packed(sizes[0]);
            if (auto ok = read_all(fd_, packed.data(), packed.size(), at_ + sizeof sizes); !ok)
                return std::unexpected(ok.error());
            at_ += sizeof sizes + packed.size();
            auto data = decompress(packed, sizes[1], algorithm_);
            if (!data) return std::unexpected(data.error());
            data_ = std::move(*data);
            used_ = 0;
        }
        const std::span page(data_.data() + used_, page_);
        used_ += page_;
        return page;
    }

  private:
    int fd_;
    uint64_t at_;
    size_t page_;
    std::string algorithm_;
    bool started_ = false;
    uint32_t chunks_ = 0;
    std::vector<std::byte> data_;
    size_t used_ = 0;
};

}  // namespace

Result<std::vector<std::byte>> decompress([[maybe_unused]] std::span<const std::byte> packed,
                                          [[maybe_unused]] size_t size,
                                          const std::string& algorithm) {
#ifdef MMUW_ZSTD
    if (algorithm == "zstd") {
        if (size > kMaxChunk) return error("damaged chunk");
        std::vector<std::byte> out(size);
        const size_t n = ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size());
        if (ZSTD_isError(n)) return error("damaged zstd data: {}", ZSTD_getErrorName(n));
        out.resize(n);
        // kbuffer looks at the word behind the last record.
        out.reserve(n + 64);
        return out;
    }
#endif
    return error(
        "compressed with {}, which this build cannot read: use trace-cmd convert --file-version 7 "
        "--compression none -i IN -o OUT",
        algorithm);
}

Result<std::unique_ptr<PageSource>> compressed_pages(int fd, uint64_t offset, size_t page,
                                                     const std::string& algorithm) {
    return std::make_unique<ChunkPages>(fd, offset, page, algorithm);
}

}  // namespace mmuw
