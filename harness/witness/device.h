// SPDX-License-Identifier: GPL-2.0-only
// /dev/mmuwitness: the session of kmod/uapi/mmuwitness.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "witness/witness.h"

namespace mmuw {

struct Hook {
    std::string name;
    std::string symbol;
    std::string why;  // missing: the reason
    bool attached;
    std::uint64_t hits;
};

struct Plant {
    std::string name;
    std::string what;
    std::string origin;
    bool available;
    std::uint64_t hits;
    std::uint64_t missed;  // calls that it was not told of
};

struct Point {
    std::uint32_t id;
    std::uint32_t where;  // MMUWITNESS_WHERE_*
    std::string name;
    std::string symbol;
    std::string what;
    bool available;  // in the session under way
};

struct Holds {
    std::uint64_t held = 0;  // that under way included
    std::uint64_t won = 0;
    std::uint64_t timed_out = 0;
    std::uint64_t ns = 0;  // in all
};

// Throws SysError, or std::runtime_error with one line that says what to do.
class Device : public Witness {
  public:
    // Checks that the module speaks this ABI.
    Device();

    [[nodiscard]] const std::string& version() const { return version_; }
    [[nodiscard]] bool has_plants() const { return has_plants_; }

    // Number of the newest event, recorded or not read yet.
    [[nodiscard]] std::uint64_t last_seq() const;

    // Attaches the hooks; before any VM is made. mmu: enum mmuwitness_mmu.
    void start(std::uint32_t mmu = MMUWITNESS_MMU_KVM);

    std::uint32_t add_vm(int vm_fd) override;
    void del_vm(std::uint32_t id) override;
    std::uint32_t add_file(int fd) override;
    void del_file(std::uint32_t id) override;
    void marks(std::span<const mmuwitness_mark> marks) override;
    using Witness::note;
    void note(std::uint32_t kind, std::string_view text) override;
    std::vector<std::uint32_t> page_state(std::uint32_t file, std::uint64_t first,
                                          std::uint64_t count) override;
    [[nodiscard]] std::uint32_t known_page_flags() const override { return ~0U; }

    [[nodiscard]] std::vector<Hook> hooks() const;
    [[nodiscard]] std::vector<Plant> plants() const;
    // One at a time; throws if this kernel or this module cannot. Every VM of the machine: only
    // before start().
    enum class PlantFor { kWitnessed, kEveryVm };
    void plant(const std::string& name, PlantFor which = PlantFor::kWitnessed);
    void remove_plant();

    [[nodiscard]] std::vector<Point> points() const;
    // Returns the gate's id.
    std::uint32_t set_gate(const mmuwitness_pass& hold, const mmuwitness_pass& until,
                           std::chrono::microseconds longest, std::uint32_t holds);
    void arm_gate(std::uint32_t id, const mmuwitness_pass& hold, const mmuwitness_pass& until,
                  std::chrono::microseconds longest, std::uint32_t holds);
    // Until the gate has held more tasks than `held`; false: it has not.
    bool wait_gate(std::uint32_t id, std::uint64_t held, std::chrono::microseconds patience);
    [[nodiscard]] Holds holds(std::uint32_t id) const;
    void clear_gate(std::uint32_t id);

  private:
    Fd fd_;
    std::string version_;
    bool has_plants_ = false;
};

}  // namespace mmuw
