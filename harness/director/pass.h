// SPDX-License-Identifier: GPL-2.0-only
// Who passes which point of the kernel's work, and at what: what gates are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "vmm/guest.h"
#include "witness/device.h"

namespace mmuw {

// Points of the session under way, by name. Throws std::invalid_argument for a name that is none,
// Unavailable for one that this kernel does not have.
class Points {
  public:
    struct Unavailable : std::runtime_error {
        using std::runtime_error::runtime_error;
    };

    explicit Points(const Device& device) : points_(device.points()) {}
    // Without the module: none of them, and nobody to pass them to.
    Points() = default;
    [[nodiscard]] bool none() const { return points_.empty(); }
    [[nodiscard]] const Point& find(std::string_view name) const;
    // Also one that this kernel does not tell; nullptr: there is none of that name.
    [[nodiscard]] const Point* find_any(std::string_view name) const;
    [[nodiscard]] const std::vector<Point>& all() const { return points_; }

  private:
    std::vector<Point> points_;
};

// A vCPU, or (without one) whoever is none: a sync call, writeback, the collector of the log.
// `page` counts in the file, which is the guest's data memory from page 0.
class Actor {
  public:
    Actor(const Points& points, const Guest& guest, std::uint32_t vm, std::uint32_t file,
          std::uint64_t hva, std::optional<unsigned> vcpu)
        : points_(points), guest_(guest), vm_(vm), file_(file), hva_(hva), vcpu_(vcpu) {}

    // Any page, where none is given. Without points: nothing, as a gate without the module wants.
    [[nodiscard]] mmuwitness_pass at(std::string_view point,
                                     std::optional<std::uint64_t> page = {}) const;

  private:
    const Points& points_;
    const Guest& guest_;
    std::uint32_t vm_;
    std::uint32_t file_;
    std::uint64_t hva_;  // of the file's first page
    std::optional<unsigned> vcpu_;
};

}  // namespace mmuw
