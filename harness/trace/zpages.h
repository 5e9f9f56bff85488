// SPDX-License-Identifier: GPL-2.0-only
// Compressed parts of trace.dat version 7 (trace-cmd compresses with zstd by default).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "trace/pages.h"
#include "trace/result.h"

namespace mmuw {

Result<std::vector<std::byte>> decompress(std::span<const std::byte> packed, size_t size,
                                          const std::string& algorithm);

// A CPU's pages, compressed in chunks, from offset of fd; one chunk in memory at a time.
Result<std::unique_ptr<PageSource>> compressed_pages(int fd, uint64_t offset, size_t page,
                                                     const std::string& algorithm);

}  // namespace mmuw
