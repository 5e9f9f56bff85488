// SPDX-License-Identifier: GPL-2.0-only
// Which memory node pages are on: move_pages(2).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mmuw {

// Those with memory. None where the kernel was not built for NUMA, or moves no pages between nodes.
std::vector<int> nodes_to_move_between();

// This process' pages there; those that are busy (under writeback, held by somebody) stay where
// they are. SysError.
void move_to_node(std::span<std::byte> memory, int node);

}  // namespace mmuw
