// SPDX-License-Identifier: GPL-2.0-only
// The two logs that KVM keeps as a bitmap per memslot.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <span>

#include "base/guarded_buffer.h"
#include "vmm/dirty_log.h"

namespace mmuw {

class BitmapLog : public DirtyLog {
  public:
    explicit BitmapLog(const DirtyLogOptions& options) : DirtyLog(options.kick) {}
    [[nodiscard]] std::string name() const override { return to_string(DirtyLogKind::kBitmap); }

  protected:
    void read(Memslot& slot, PageBitmap& logged) override;

    GuardedBuffer buffer_;  // the ioctls' bitmap
};

class ManualLog : public BitmapLog {
  public:
    ManualLog(const DirtyLogOptions& options, bool initially_set);
    [[nodiscard]] std::string name() const override;
    void prepare(Vm& vm) override;
    void enable(Memslot& slot) override;
    [[nodiscard]] PageBitmap left(const Memslot& slot) const override;

  protected:
    void read(Memslot& slot, PageBitmap& logged) override;

  private:
    // mask: of the pages from `first` on, which is a multiple of 64.
    void clear(Memslot& slot, std::uint64_t first, std::uint64_t pages,
               std::span<const std::uint64_t> mask);
    void clear_parts(Memslot& slot, const PageBitmap& logged);
    std::optional<std::size_t> draw_word(const Memslot& slot, const PageBitmap& logged);

    bool initially_set_, in_parts_;
    std::mt19937_64 random_;
    std::map<std::uint32_t, PageBitmap> left_;  // by slot
};

}  // namespace mmuw
