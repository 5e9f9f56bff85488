// SPDX-License-Identifier: GPL-2.0-only
#include "machine/vhost_device.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
// The helpers of older drivers are no C++.
#define VIRTIO_RING_NO_LEGACY
#include <linux/vhost.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>
#include <linux/virtio_vsock.h>
#include <linux/vm_sockets.h>
#include <net/ethernet.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <format>
#include <fstream>
#include <thread>
#include <utility>

#include "base/mapping.h"
#include "base/sys_error.h"
#include "machine/unavailable.h"

namespace mmuw {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kLogUnit = 4096;  // VHOST_PAGE_SIZE, whatever the host's pages are
constexpr unsigned kEntries = 16;         // of the queue

// Where the parts of the queue are in its pages. Of the used ring the index is in the first and the
// entries are in the second: each is logged by itself.
constexpr std::size_t kDescriptors = 0;
constexpr std::size_t kAvailable = kEntries * sizeof(vring_desc);
std::size_t used_at() {
    return page_size() - offsetof(vring_used, ring);
}
constexpr std::uint32_t kUsedBytes = sizeof(vring_used) + kEntries * sizeof(vring_used_elem);

// Between addresses of the guest and of a device behind an IOMMU.
constexpr std::uint64_t kIommuOffset = std::uint64_t{1} << 40;

std::uint64_t bit(unsigned n) {
    return std::uint64_t{1} << n;
}

std::uint64_t hva(const std::byte* at) {
    return reinterpret_cast<std::uintptr_t>(at);
}

Fd open_or_unavailable(const char* path, int flags) {
    Fd fd(open(path, flags | O_CLOEXEC));
    if (!fd) throw Unavailable(std::format("{}: {}", path, std::strerror(errno)));
    return fd;
}

// With a signal pending the kernel makes no task for the device, and calls that ENOMEM
// (vhost_dev_set_owner()).
class NoSignals {
  public:
    NoSignals() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    NoSignals(const NoSignals&) = delete;
    NoSignals& operator=(const NoSignals&) = delete;

  private:
    sigset_t before_{};
};

// ---- packets to a network interface

// An interface whose packets are the device's, and a socket to send them by.
struct Interface {
    Fd tap, socket;
    int index = 0;
};

// In a network namespace of its own, to which the calling task moves: nobody else sends there.
Interface make_interface() {
    if (unshare(CLONE_NEWNET) != 0)
        throw Unavailable(std::format("no network namespace: {}", std::strerror(errno)));
    // An interface that comes up would send packets of its own. There may be no IPv6 at all.
    std::ofstream("/proc/sys/net/ipv6/conf/default/disable_ipv6") << 1;
    Interface made{.tap = open_or_unavailable("/dev/net/tun", O_RDWR), .socket = Fd(), .index = 0};
    ifreq request{};
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    if (ioctl(made.tap.get(), TUNSETIFF, &request) != 0) throw_errno("TUNSETIFF");
    made.socket = Fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (!made.socket) throw Unavailable(std::format("no packet socket: {}", std::strerror(errno)));
    if (ioctl(made.socket.get(), SIOCGIFINDEX, &request) != 0) throw_errno("SIOCGIFINDEX");
    made.index = request.ifr_ifindex;
    request.ifr_flags = IFF_UP | IFF_NOARP;
    if (ioctl(made.socket.get(), SIOCSIFFLAGS, &request) != 0) throw_errno("SIOCSIFFLAGS");
    return made;
}

Interface make_interface_elsewhere() {
    Interface made;
    std::exception_ptr failed;
    std::jthread([&] {
        try {
            made = make_interface();
        } catch (...) {
            failed = std::current_exception();
        }
    }).join();
    if (failed) std::rethrow_exception(failed);
    return made;
}

class VhostNet : public VhostDevice {
  public:
    VhostNet(std::uint64_t features, std::vector<Region> regions, std::uint64_t queue)
        : VhostDevice("/dev/vhost-net",
                      features | bit(VIRTIO_F_VERSION_1) | bit(VHOST_NET_F_VIRTIO_NET_HDR),
                      std::move(regions), queue),
          interface_(make_interface_elsewhere()) {
        const vhost_vring_file backend{.index = 0, .fd = interface_.tap.get()};
        call(VHOST_NET_SET_BACKEND, &backend, "VHOST_NET_SET_BACKEND");
    }

  private:
    // Before the frame the device writes a header: struct virtio_net_hdr_mrg_rxbuf, whose C header
    // is no C++. The stamps are aligned in the buffer.
    static constexpr std::uint32_t kHeader = 12;
    static constexpr std::uint32_t kStampsAt = 32;
    static_assert(kStampsAt >= kHeader + sizeof(ether_header));

    Packet send(std::uint32_t bytes, std::uint32_t number) override {
        const Packet packet{.bytes = bytes,
                            .stamps_at = kStampsAt,
                            .lanes = (bytes - kStampsAt) / 8,
                            .stamp = number};
        std::vector<std::byte> frame(bytes - kHeader);
        const ether_header header{.ether_dhost = {2, 0, 0, 0, 0, 1},
                                  .ether_shost = {2, 0, 0, 0, 0, 2},
                                  .ether_type = __builtin_bswap16(0x88b5)};  // for experiments
        std::memcpy(frame.data(), &header, sizeof header);
        for (std::uint32_t lane = 0; lane < packet.lanes; lane++)
            std::memcpy(frame.data() + kStampsAt - kHeader + lane * 8, &packet.stamp, 8);
        sockaddr_ll to{};
        to.sll_family = AF_PACKET;
        to.sll_ifindex = interface_.index;
        if (sendto(interface_.socket.get(), frame.data(), frame.size(), 0,
                   reinterpret_cast<const sockaddr*>(&to),
                   sizeof to) != static_cast<ssize_t>(frame.size()))
            throw_errno("sendto({} bytes)", frame.size());
        return packet;
    }

    Interface interface_;
};

// ---- packets of a socket

// Each connection that the host asks for is a packet to the guest, of a header alone.
class VhostVsock : public VhostDevice {
  public:
    VhostVsock(std::vector<Region> regions, std::uint64_t queue)
        : VhostDevice("/dev/vhost-vsock", bit(VIRTIO_F_VERSION_1), std::move(regions), queue),
          transmit_(2 * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS) {
        set_queue(1, transmit_.hva());
        take_address();
        const int running = 1;
        call(VHOST_VSOCK_SET_RUNNING, &running, "VHOST_VSOCK_SET_RUNNING");
    }

  private:
    // Another VM may have it.
    void take_address() {
        constexpr int kAttempts = 100;
        address_ = 0x10000 + static_cast<std::uint32_t>(getpid());
        for (int attempt = 0;; attempt++, address_++) try {
                const std::uint64_t address = address_;
                call(VHOST_VSOCK_SET_GUEST_CID, &address, "VHOST_VSOCK_SET_GUEST_CID");
                return;
            } catch (const SysError& error) {
                if (error.code().value() != EADDRINUSE || attempt == kAttempts) throw;
            }
    }

    // The two ports are beside each other in the header, as the stamp.
    Packet send(std::uint32_t /*bytes*/, std::uint32_t number) override {
        constexpr std::uint32_t kFirstPort = 0x10000;
        socket_ = Fd(socket(AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (!socket_) throw_errno("socket(AF_VSOCK)");
        sockaddr_vm from{}, to{};
        from.svm_family = to.svm_family = AF_VSOCK;
        from.svm_cid = VMADDR_CID_HOST;
        from.svm_port = to.svm_port = kFirstPort + number;
        to.svm_cid = address_;
        if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
            throw_errno("bind(AF_VSOCK, port {})", from.svm_port);
        if (connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 &&
            errno != EINPROGRESS)
            throw_errno("connect(AF_VSOCK)");
        return {.bytes = sizeof(virtio_vsock_hdr),
                .stamps_at = offsetof(virtio_vsock_hdr, src_port),
                .lanes = 1,
                .stamp = std::uint64_t{to.svm_port} << 32 | from.svm_port};
    }

    Mapping transmit_;
    std::uint32_t address_ = 0;
    Fd socket_;
};

}  // namespace

std::unique_ptr<VhostDevice> VhostDevice::open(VhostKind kind, std::vector<Region> regions,
                                               std::uint64_t queue) {
    switch (kind) {
        case VhostKind::kNet:
            return std::make_unique<VhostNet>(0, std::move(regions), queue);
        case VhostKind::kNetBehindIommu:
            return std::make_unique<VhostNet>(bit(VIRTIO_F_ACCESS_PLATFORM), std::move(regions),
                                              queue);
        case VhostKind::kVsock:
            return std::make_unique<VhostVsock>(std::move(regions), queue);
    }
    std::unreachable();
}

VhostDevice::VhostDevice(const char* path, std::uint64_t features, std::vector<Region> regions,
                         std::uint64_t queue)
    : device_(open_or_unavailable(path, O_RDWR)),
      features_(features),
      iommu_((features & bit(VIRTIO_F_ACCESS_PLATFORM)) != 0),
      regions_(std::move(regions)),
      queue_(queue),
      kick_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!kick_) throw_errno("eventfd");
    {
        const NoSignals held;
        call(VHOST_SET_OWNER, nullptr, "VHOST_SET_OWNER");
    }
    std::uint64_t offered = 0;
    call(VHOST_GET_FEATURES, &offered, "VHOST_GET_FEATURES");
    if ((features_ & ~offered) != 0 || (offered & bit(VHOST_F_LOG_ALL)) == 0)
        throw Unavailable(std::format("{} has the features {:#x} only", path, offered));
    call(VHOST_SET_FEATURES, &features_, "VHOST_SET_FEATURES");
    set_regions();
    if (iommu_) map_for_device();
    set_queue(0, queue_at());
    // Nobody waits for an interrupt.
    const std::uint16_t flags = VRING_AVAIL_F_NO_INTERRUPT;
    std::memcpy(memory(queue_) + kAvailable + offsetof(vring_avail, flags), &flags, sizeof flags);
    const vhost_vring_file kick{.index = 0, .fd = kick_.get()};
    call(VHOST_SET_VRING_KICK, &kick, "VHOST_SET_VRING_KICK");
}

void VhostDevice::call(unsigned long request, const void* argument, const char* name) const {
    if (ioctl(device_.get(), request, argument) < 0) throw_errno("{}", name);
}

void VhostDevice::set_regions() {
    std::vector<std::uint64_t> table(
        (sizeof(vhost_memory) + regions_.size() * sizeof(vhost_memory_region)) / 8);
    auto* const header = reinterpret_cast<vhost_memory*>(table.data());
    header->nregions = static_cast<std::uint32_t>(regions_.size());
    std::uint64_t end = 0;
    for (std::size_t i = 0; i < regions_.size(); i++) {
        const Region& region = regions_[i];
        header->regions[i] = {.guest_phys_addr = region.address,
                              .memory_size = region.memory.size(),
                              .userspace_addr = hva(region.memory.data()),
                              .flags_padding = 0};
        end = std::max(end, region.address + region.memory.size());
    }
    call(VHOST_SET_MEM_TABLE, table.data(), "VHOST_SET_MEM_TABLE");
    log_.resize(end / kLogUnit / 64 + 1);
    const std::uint64_t base = reinterpret_cast<std::uintptr_t>(log_.data());
    call(VHOST_SET_LOG_BASE, &base, "VHOST_SET_LOG_BASE");
}

std::uint64_t VhostDevice::queue_at() const {
    return iommu_ ? queue_ + kIommuOffset : hva(memory(queue_));
}

void VhostDevice::map_for_device() const {
    for (const Region& region : regions_) {
        vhost_msg message{};
        message.type = VHOST_IOTLB_MSG;
        message.iotlb = {.iova = region.address + kIommuOffset,
                         .size = region.memory.size(),
                         .uaddr = hva(region.memory.data()),
                         .perm = VHOST_ACCESS_RW,
                         .type = VHOST_IOTLB_UPDATE};
        if (write(device_.get(), &message, sizeof message) != sizeof message)
            throw_errno("write(VHOST_IOTLB_UPDATE)");
    }
}

void VhostDevice::set_queue(unsigned index, std::uint64_t at) const {
    const vhost_vring_state entries{.index = index, .num = kEntries};
    call(VHOST_SET_VRING_NUM, &entries, "VHOST_SET_VRING_NUM");
    const vhost_vring_state base{.index = index, .num = 0};
    call(VHOST_SET_VRING_BASE, &base, "VHOST_SET_VRING_BASE");
    set_addresses(index, at, false);
}

void VhostDevice::set_addresses(unsigned index, std::uint64_t at, bool log) const {
    const vhost_vring_addr address{.index = index,
                                   .flags = log ? 1U << VHOST_VRING_F_LOG : 0,
                                   .desc_user_addr = at + kDescriptors,
                                   .used_user_addr = at + used_at(),
                                   .avail_user_addr = at + kAvailable,
                                   .log_guest_addr = used_ring().address};
    call(VHOST_SET_VRING_ADDR, &address, "VHOST_SET_VRING_ADDR");
}

std::byte* VhostDevice::memory(std::uint64_t address) const {
    for (const Region& region : regions_)
        if (address >= region.address && address - region.address < region.memory.size())
            return region.memory.data() + (address - region.address);
    throw std::logic_error(std::format("guest address {:#x} is no memory of the device", address));
}

VhostDevice::Buffer VhostDevice::used_ring() const {
    return {.address = queue_ + used_at(), .bytes = kUsedBytes};
}

void VhostDevice::set_log(bool on) {
    const std::uint64_t features = on ? features_ | bit(VHOST_F_LOG_ALL) : features_;
    call(VHOST_SET_FEATURES, &features, "VHOST_SET_FEATURES");
    if (iommu_) map_for_device();  // that call has forgotten it
    set_addresses(0, queue_at(), on);
}

std::vector<bool> VhostDevice::take_log(std::uint64_t address, std::size_t count) {
    std::vector<bool> written;
    for (std::uint64_t unit = address / kLogUnit; written.size() < count; unit++) {
        const std::uint64_t mask = bit(unit % 64);
        written.push_back(
            (__atomic_fetch_and(&log_.at(unit / 64), ~mask, __ATOMIC_ACQ_REL) & mask) != 0);
    }
    return written;
}

void VhostDevice::offer(std::span<const Buffer> buffers) {
    std::byte* const queue = memory(queue_);
    const std::uint64_t offset = iommu_ ? kIommuOffset : 0;
    for (std::size_t i = 0; i < buffers.size(); i++) {
        const bool last = i + 1 == buffers.size();
        const vring_desc descriptor{.addr = buffers[i].address + offset,
                                    .len = buffers[i].bytes,
                                    .flags = static_cast<std::uint16_t>(
                                        VRING_DESC_F_WRITE | (last ? 0 : VRING_DESC_F_NEXT)),
                                    .next = static_cast<std::uint16_t>(i + 1)};
        std::memcpy(queue + kDescriptors + i * sizeof descriptor, &descriptor, sizeof descriptor);
    }
    auto* const available = reinterpret_cast<vring_avail*>(queue + kAvailable);
    available->ring[offered_ % kEntries] = 0;  // the first descriptor
    __atomic_store_n(&available->idx, ++offered_, __ATOMIC_RELEASE);
    const std::uint64_t one = 1;
    if (write(kick_.get(), &one, sizeof one) != sizeof one) throw_errno("write(eventfd)");
}

void VhostDevice::wait_until_used() const {
    const auto* const used = reinterpret_cast<const vring_used*>(memory(queue_) + used_at());
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (__atomic_load_n(&used->idx, __ATOMIC_ACQUIRE) != offered_) {
        if (std::chrono::steady_clock::now() > until)
            throw std::runtime_error("the vhost device has written no packet after 10 s");
        std::this_thread::sleep_for(100us);
    }
    // The log is written after that, with the queue's lock held: this takes the lock.
    vhost_vring_state base{.index = 0, .num = 0};
    call(VHOST_GET_VRING_BASE, &base, "VHOST_GET_VRING_BASE");
}

VhostDevice::Packet VhostDevice::receive(std::span<const Buffer> buffers, std::uint32_t number) {
    std::uint32_t bytes = 0;
    for (const Buffer& buffer : buffers) bytes += buffer.bytes;
    if (buffers.size() > kEntries || bytes > kMostBytes || bytes < kLeastBytes)
        throw std::logic_error(std::format("{} buffers of {} bytes", buffers.size(), bytes));
    offer(buffers);
    const Packet packet = send(bytes, number);
    wait_until_used();
    return packet;
}

}  // namespace mmuw
