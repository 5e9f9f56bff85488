// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/x86/descriptor_tables.h"

#include <cstring>
#include <stdexcept>

namespace mmuw::x86 {
namespace {

constexpr std::uint64_t kFlatCode = 0x00af'9b00'0000'ffff;  // G L, P S, execute/read, A
constexpr std::uint64_t kFlatData = 0x00cf'9300'0000'ffff;  // G B, P S, read/write, A
constexpr std::uint64_t kInterruptGate = 0x8e;              // P, 64-bit interrupt gate

void set(std::span<std::byte> area, std::size_t index, std::uint64_t entry) {
    std::memcpy(area.data() + index * sizeof entry, &entry, sizeof entry);
}

}  // namespace

void fill_gdt(std::span<std::byte> area) {
    if (area.size() < kGdtBytes) throw std::invalid_argument("fill_gdt: area too small");
    set(area, 0, 0);
    set(area, kCode / 8, kFlatCode);
    set(area, kData / 8, kFlatData);
}

void fill_idt(std::span<std::byte> area, std::uint64_t first, std::size_t distance) {
    for (std::size_t i = 0; i < area.size() / kGateBytes; i++) {
        const std::uint64_t handler = first + i * distance;
        set(area, 2 * i,
            (handler & 0xffff) | std::uint64_t{kCode} << 16 | kInterruptGate << 40 |
                (handler >> 16 & 0xffff) << 48);
        set(area, 2 * i + 1, handler >> 32);
    }
}

}  // namespace mmuw::x86
