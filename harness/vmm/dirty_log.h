// SPDX-License-Identifier: GPL-2.0-only
// The three dirty logs of KVM behind one interface.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "vmm/memslot.h"
#include "vmm/page_bitmap.h"
#include "vmm/vcpu.h"
#include "vmm/vcpu_thread.h"

namespace mmuw {

enum class DirtyLogKind {
    kBitmap,         // KVM_GET_DIRTY_LOG reads, clears and write-protects
    kManual,         // KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2: GET reads, KVM_CLEAR_DIRTY_LOG clears
    kManualInitSet,  // ... and KVM_DIRTY_LOG_INITIALLY_SET: all pages start as logged, writable
    kRing,           // KVM_CAP_DIRTY_LOG_RING(_ACQ_REL)
};

std::string to_string(DirtyLogKind kind);
// KVM here has it; otherwise `why` says what is missing.
bool supported(const Kvm& kvm, DirtyLogKind kind, std::string* why = nullptr);

// One per VM. The order that loses no write, for each kind: collect(), then copy the pages that it
// returned, with the guest running; whatever is written after its own page was protected again is
// in the next collection. In detail:
//   bitmap  GET hands out and clears the bits, then write-protects and flushes before it returns.
//   manual  GET hands out, CLEAR clears exactly those and write-protects. A write between the two
//           goes unlogged only to pages that are about to be copied.
//   ring    harvest, KVM_RESET_DIRTY_RINGS (write-protects and flushes), then copy: Documentation/
//           virt/kvm/api.rst, KVM_CAP_DIRTY_LOG_RING, "the ioctl must be called *before* reading
//           the content of the dirty pages". A write between harvest and reset is unlogged, and in
//           the copy.
// The final collection needs the guest paused (VcpuThread::pause) before collect().
class DirtyLog {
  public:
    virtual ~DirtyLog() = default;
    [[nodiscard]] virtual std::string name() const = 0;

    // In this order: before the first vCPU, then for each vCPU.
    virtual void prepare(Vm& /*vm*/) {}
    virtual void add_vcpu(Vcpu& vcpu, VcpuThread& thread);

    // Starts and stops logging. After enable() nothing from before it is reported, but all
    // pages are, once, with kManualInitSet.
    virtual void enable(Memslot& slot);
    virtual void disable(Memslot& slot);
    void switch_to(bool on, std::span<Memslot* const> slots);

    // Pages logged since the last collection, one bit per page of the slot. Reported to the VM's
    // observer. One caller at a time per slot; vCPUs may run.
    PageBitmap collect(Memslot& slot);

    // What the last collection reported and did not clear: the next one has it again, written or
    // not. Only a manual log that is cleared in part has any.
    [[nodiscard]] virtual PageBitmap left(const Memslot& slot) const;

    // A vCPU left because its ring is full; on its thread.
    virtual void ring_full(unsigned /*vcpu*/) {}

  protected:
    explicit DirtyLog(bool kick) : kick_(kick) {}
    virtual void read(Memslot& slot, PageBitmap& logged) = 0;

  private:
    bool kick_;
    std::vector<VcpuThread*> threads_;
};

struct DirtyLogOptions {
    // Where a CPU keeps something back from the log (arch::log_buffer_entries()), each collection
    // gets the vCPUs out of KVM_RUN once. A ring's user has to, by api.rst; KVM_GET_DIRTY_LOG is
    // said to have it all by itself, and does not wait for it: docs/reports/pml-log-not-flushed.md.
    bool kick = true;
    std::uint32_t ring_entries = 4096;  // power of two, at least 128 or so; KVM keeps some back
    // manual: each collection clears parts of what it reports, of random place and size and with
    // holes in their masks, or just one word; drawn from this seed. 0: all of it, by one CLEAR.
    std::uint64_t clear_parts = 0;
    // ring: each harvest is in two parts, with a reset after each.
    bool ring_parts = false;
    // ring: a vCPU whose ring is full is sent into the guest again so often before anybody
    // harvests: it must not get anywhere.
    unsigned ring_full_again = 0;
};

std::unique_ptr<DirtyLog> make_dirty_log(DirtyLogKind kind, const DirtyLogOptions& options = {});

}  // namespace mmuw
