// SPDX-License-Identifier: GPL-2.0-only
// The two logs that KVM keeps as a bitmap per memslot.
#pragma once

#include "vmm/dirty_log.h"

namespace mmuw {

class BitmapLog : public DirtyLog {
  public:
    [[nodiscard]] std::string name() const override { return to_string(DirtyLogKind::kBitmap); }

  protected:
    void read(Memslot& slot, PageBitmap& logged) override;
};

class ManualLog : public BitmapLog {
  public:
    // clear_chunk: pages per KVM_CLEAR_DIRTY_LOG, a multiple of 64, 0: the whole slot.
    ManualLog(bool initially_set, std::uint32_t clear_chunk);
    [[nodiscard]] std::string name() const override;
    void prepare(Vm& vm) override;

  protected:
    void read(Memslot& slot, PageBitmap& logged) override;

  private:
    bool initially_set_;
    std::uint32_t clear_chunk_;
};

}  // namespace mmuw
