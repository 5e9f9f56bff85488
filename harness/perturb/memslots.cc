// SPDX-License-Identifier: GPL-2.0-only
// memslots: one beside the guest's own is added, moved, and removed. The guest has nothing there;
// but KVM zaps all SPTEs of a VM that loses or moves a slot (kvm_arch_flush_shadow_memslot).
#include <map>

#include "perturb/disturbers.h"
#include "perturb/spare_slot.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;

class Memslots : public Disturber {
  public:
    void begin(Target& /*target*/) override { added_ = moved_ = removed_ = 0; }

    void step(Target& target, Random& random) override {
        const std::vector<Guest*> guests = target.guests();
        Guest* guest = guests[random() % guests.size()];
        std::unique_ptr<Memslot>& slot = slots_[guest];
        if (!slot) {
            slot = make_spare_slot(*guest, kSpareMemslots, memory_);
            place_ = 0;
            added_++;
        } else if (random() % 2 == 0) {
            place_ = (place_ + 1 + random() % (kSparePlaces - 1)) % kSparePlaces;
            const std::uint64_t to = spare_gfn(kSpareMemslots, place_);
            if (to == slot->gfn()) return;
            slot->move(to);
            moved_++;
        } else {
            slot->remove();
            slot.reset();
            removed_++;
        }
    }

    [[nodiscard]] Pause pause() const override { return {200us, 5000us}; }

    void end() override { slots_.clear(); }

    std::vector<Count> counts() override {
        return {{"changes", added_ + moved_ + removed_},
                {"added", added_},
                {"moved", moved_},
                {"removed", removed_}};
    }

  private:
    Mapping memory_{64 * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS};
    std::map<Guest*, std::unique_ptr<Memslot>> slots_;
    unsigned place_ = 0;
    std::uint64_t added_ = 0, moved_ = 0, removed_ = 0;
};

}  // namespace

std::unique_ptr<Disturber> make_memslots(MachineGuard& /*guard*/) {
    return std::make_unique<Memslots>();
}

}  // namespace mmuw
