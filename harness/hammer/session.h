// SPDX-License-Identifier: GPL-2.0-only
// A session with a bit of everything, at random.
#pragma once

#include <memory>
#include <string>

#include "backing/backing_file.h"
#include "hammer/draw.h"
#include "hammer/part.h"
#include "vmm/guest.h"
#include "witness/device.h"

namespace mmuw::hammer {

// Plants that leave the machine able to go on, whatever becomes of the memory behind the guest.
const std::vector<std::string>& harmless_plants();

class Session {
  public:
    // Opens the device and starts, after waiting for an earlier session's end.
    Session(const Orders& orders, Draw& draw);

    // Files, VMs, gates, a plant, marks: any of them, or none.
    void fill(Draw& draw);
    // A guest that writes to a file, under a dirty log; until `end`, or for ever.
    void work(Draw& draw);
    // Some of what was put in is taken out; the rest goes with the session.
    void empty(Draw& draw);

  private:
    void set_gate(Draw& draw);

    const Orders& orders_;
    Mmu mmu_;
    Device device_;
    std::unique_ptr<BackingFile> file_;
    std::unique_ptr<Kvm> kvm_;
    std::unique_ptr<Guest> guest_;
    std::uint32_t file_id_ = 0, vm_id_ = 0, gate_ = 0;
    bool planted_ = false;
};

}  // namespace mmuw::hammer
