// SPDX-License-Identifier: GPL-2.0-only
// Memory of each kind that a memslot may be made of: a new kind is one more here, and meets all
// that happens to memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/mapping.h"

namespace mmuw {

enum class MemoryKind {
    kFile,  // on FS=
    kAnonymous,
    kHugeAnonymous,
    kHugeShared,  // tmpfs
    kHugetlb,
};

inline constexpr MemoryKind kMemoryKinds[] = {MemoryKind::kFile, MemoryKind::kAnonymous,
                                              MemoryKind::kHugeAnonymous, MemoryKind::kHugeShared,
                                              MemoryKind::kHugetlb};

inline const char* name_of(MemoryKind kind) {
    switch (kind) {
        case MemoryKind::kFile:
            return "file";
        case MemoryKind::kAnonymous:
            return "anonymous";
        case MemoryKind::kHugeAnonymous:
            return "huge_anonymous";
        case MemoryKind::kHugeShared:
            return "huge_shared";
        case MemoryKind::kHugetlb:
            return "hugetlb";
    }
    std::unreachable();
}

inline bool is_huge(MemoryKind kind) {
    return kind != MemoryKind::kFile && kind != MemoryKind::kAnonymous;
}

// Not owned: the scenario's (ScenarioTest::add_memory()).
struct Memory {
    MemoryKind kind = MemoryKind::kFile;
    std::span<std::byte> bytes = {};
    int fd = -1;  // of a file

    [[nodiscard]] bool is_private() const {
        return kind == MemoryKind::kAnonymous || kind == MemoryKind::kHugeAnonymous;
    }
    [[nodiscard]] std::uint64_t pages() const { return bytes.size() / page_size(); }
    [[nodiscard]] std::byte* page(std::uint64_t i) const { return bytes.data() + i * page_size(); }
};

}  // namespace mmuw
