// SPDX-License-Identifier: GPL-2.0-only
// A virtio device whose part in the host is the kernel's (vhost): packets that come for the guest
// are written to its memory by a worker of the kernel's, by no vCPU and by no call of the VMM's.
// KVM's dirty logs have nothing of it; vhost keeps a log of its own (VHOST_SET_LOG_BASE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/fd.h"

namespace mmuw {

// Where packets come from: a network interface, or a socket of the host's for the guest. Behind an
// IOMMU of the guest's the device has addresses of its own (IOVAs), and logs those of the guest.
enum class VhostKind { kNet, kNetBehindIommu, kVsock };

// The queue of a device for what the guest receives, with the guest's part of it played by the VMM.
// The network interface is in a namespace of its own, and goes with the object.
class VhostDevice {
  public:
    // Guest memory, at an address of the guest's; whole pages.
    struct Region {
        std::uint64_t address;
        std::span<std::byte> memory;
    };
    // What the guest offers the device, in an order of its own; addresses of the guest's.
    struct Buffer {
        std::uint64_t address;
        std::uint32_t bytes;
    };
    // Of a packet: lanes (8 bytes each) that hold the stamp, from this byte of its buffers on.
    struct Packet {
        std::uint32_t bytes;  // written in all
        std::uint32_t stamps_at;
        std::uint32_t lanes;
        std::uint64_t stamp;
    };
    static constexpr std::uint32_t kLeastBytes = 64, kMostBytes = 1400;

    // The queue takes two pages from the guest's address `queue` on; what the device writes of it
    // is at the end of the first and in the second. Regions do not overlap.
    // Unavailable: there is no such device here.
    static std::unique_ptr<VhostDevice> open(VhostKind kind, std::vector<Region> regions,
                                             std::uint64_t queue);
    virtual ~VhostDevice() = default;
    VhostDevice(const VhostDevice&) = delete;
    VhostDevice& operator=(const VhostDevice&) = delete;

    // All that the device writes from now on is logged, or nothing.
    void set_log(bool on);
    // For each 4 KB of guest addresses from `address` on: written since the last call.
    [[nodiscard]] std::vector<bool> take_log(std::uint64_t address, std::size_t count);

    // One packet with a stamp made of `number` (1 to 65,000), as large as the buffers are, or as
    // its kind is. Returns when the device has said that it is in the buffers, and has done all
    // that it does. std::runtime_error: it does not come.
    Packet receive(std::span<const Buffer> buffers, std::uint32_t number);
    // That part of the queue that the device writes to.
    [[nodiscard]] Buffer used_ring() const;

  protected:
    // path: of its character device.
    VhostDevice(const char* path, std::uint64_t features, std::vector<Region> regions,
                std::uint64_t queue);
    void call(unsigned long request, const void* argument, const char* name) const;
    // Queue `index` of the device, in two pages at an address that is the device's.
    void set_queue(unsigned index, std::uint64_t at) const;

  private:
    void set_addresses(unsigned index, std::uint64_t at, bool log) const;
    // Where the queue of received packets is, for the device.
    [[nodiscard]] std::uint64_t queue_at() const;
    void map_for_device() const;
    // Sends one for buffers of so many bytes.
    virtual Packet send(std::uint32_t bytes, std::uint32_t number) = 0;

    [[nodiscard]] std::byte* memory(std::uint64_t address) const;
    void set_regions();
    void offer(std::span<const Buffer> buffers);
    void wait_until_used() const;

    Fd device_;
    std::uint64_t features_;
    bool iommu_;
    std::vector<Region> regions_;
    std::uint64_t queue_;
    Fd kick_;
    std::uint16_t offered_ = 0;       // chains of buffers, ever
    std::vector<std::uint64_t> log_;  // bit n: the 4 KB at guest address n * 4096
};

}  // namespace mmuw
