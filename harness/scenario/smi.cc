// SPDX-License-Identifier: GPL-2.0-only
// A system management interrupt: KVM saves the vCPU's registers in the memory of the second address
// space, is in the log of its memslot with that, and has the vCPU go on where it was.
#include <sys/mman.h>

#include <algorithm>
#include <span>

#include "base/sys_error.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"

namespace mmuw::smi {

namespace {

constexpr int kRounds = 6;

class Smi : public ScenarioTest, public testing::WithParamInterface<DirtyLogKind> {
  protected:
    void start() {
        const std::uint64_t pages = smi_.bytes / page_size();
        normal_ = add_anonymous(pages).span();
        smm_ = add_anonymous(pages).span();
        std::ranges::copy(smi_.comes_back, smm_.begin() + static_cast<std::ptrdiff_t>(smi_.code));
        guest_ = &add_guest({.pages = pages, .log = GetParam()});
        slots_[0] = &guest_->add_memory(0, pages, normal_.data());
        slots_[1] = &guest_->add_smm_memory(0, pages, smm_.data());
        guest_->start();
        guest_->with_vcpu(
            0, [&](const Vcpu& vcpu) { arch::set_smi_base(vcpu, guest_->gfn(0) * page_size()); });
        for (Memslot* slot : slots_) {
            guest_->log().enable(*slot);
            static_cast<void>(guest_->log().collect(*slot));
        }
    }

    [[nodiscard]] std::uint64_t state_page() const { return smi_.state / page_size(); }
    [[nodiscard]] std::span<std::byte> state(std::span<std::byte> memory) const {
        return memory.subspan(smi_.state, smi_.state_bytes);
    }
    [[nodiscard]] bool is_saved(std::span<std::byte> memory) const {
        return std::ranges::any_of(state(memory), [](std::byte b) { return b != std::byte{}; });
    }

    // The page that has it, and its SPTE if there is one, are other ones than before.
    void lose_state() const {
        if (madvise(smm_.data() + state_page() * page_size(), page_size(), MADV_DONTNEED) != 0)
            throw_errno("madvise(MADV_DONTNEED)");
    }

    [[nodiscard]] mmuwitness_mark seen(unsigned space, bool found, bool wanted) {
        return make_mark(vm_id(*guest_), mark::Seen{.slot = slots_[space]->id(),
                                                    .gfn = guest_->gfn(state_page()),
                                                    .lane = space,
                                                    .seen = found,
                                                    .expect = wanted,
                                                    .side = MMUWITNESS_SIDE_HOST});
    }

    // The vCPU writes a page right after it. One that does not come back says nothing, but where
    // its registers went does.
    void interrupt() {
        std::ranges::fill(state(smm_), std::byte{});
        guest_->with_vcpu(0, arch::raise_smi);
        try {
            guest_->write(0, 0);
        } catch (...) {
            const mmuwitness_mark marks[] = {seen(0, is_saved(normal_), false)};
            run_.witness.marks(marks);
            throw;
        }
    }

    const arch::Smi smi_ = arch::smi(run_.kvm).value_or(arch::Smi{});
    std::span<std::byte> normal_, smm_;
    Guest* guest_ = nullptr;
    Memslot* slots_[2] = {};  // by address space
};

TEST_P(Smi, RegistersAreSavedWhereTheyBelong) {
    std::string why;
    if (smi_.bytes == 0) GTEST_SKIP() << "no system management interrupts";
    if (!supported(run_.kvm, GetParam(), &why)) GTEST_SKIP() << why;
    promise({"isolated", "log-complete", "log-precise"});
    start();
    for (int round = 0; round < kRounds; round++) {
        if (round % 2 != 0) lose_state();
        interrupt();
        const std::uint64_t gfn = guest_->gfn(state_page());
        const mmuwitness_mark marks[] = {
            seen(0, is_saved(normal_), false), seen(1, is_saved(smm_), true),
            make_mark(vm_id(*guest_), mark::Wrote{.slot = slots_[0]->id(), .gfn = guest_->gfn(0)}),
            make_mark(vm_id(*guest_), mark::Wrote{.slot = slots_[1]->id(), .gfn = gfn}),
            make_mark(vm_id(*guest_),
                      mark::Untouched{.slot = slots_[0]->id(), .gfn = gfn, .pages = 1})};
        run_.witness.marks(marks);
        for (Memslot* slot : slots_) static_cast<void>(guest_->log().collect(*slot));
        trial();
    }
}

INSTANTIATE_TEST_SUITE_P(, Smi, testing::Values(DirtyLogKind::kBitmap, DirtyLogKind::kRing),
                         [](const auto& info) { return to_string(info.param); });

}  // namespace

}  // namespace mmuw::smi
