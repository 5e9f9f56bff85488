// SPDX-License-Identifier: GPL-2.0-only
// GDT and IDT of 64-bit mode, for exceptions that do not leave the privilege level or the stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mmuw::x86 {

inline constexpr std::uint16_t kCode = 0x8, kData = 0x10;  // selectors

inline constexpr std::size_t kGdtBytes = 3 * 8;
inline constexpr std::size_t kGateBytes = 16;

// Accessed already: the guest's loads write nothing.
void fill_gdt(std::span<std::byte> area);
// A gate for each of the handlers, which the guest has at `first` and every `distance` bytes.
void fill_idt(std::span<std::byte> area, std::uint64_t first, std::size_t distance);

}  // namespace mmuw::x86
