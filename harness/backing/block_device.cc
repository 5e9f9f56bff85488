// SPDX-License-Identifier: GPL-2.0-only
#include "backing/block_device.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <format>
#include <fstream>

#include "base/sys_error.h"

namespace mmuw {

std::string block_device_of(int fd) {
    struct stat file{};
    if (fstat(fd, &file) != 0) throw_errno("fstat(fd {})", fd);
    const std::string number = std::format("{}:{}", major(file.st_dev), minor(file.st_dev));
    std::ifstream uevent("/sys/dev/block/" + number + "/uevent");
    for (std::string line; std::getline(uevent, line);) {
        if (!line.starts_with("DEVNAME=")) continue;
        std::string path = "/dev/" + line.substr(line.find('=') + 1);
        struct stat node{};
        if (stat(path.c_str(), &node) == 0 && S_ISBLK(node.st_mode) && node.st_rdev == file.st_dev)
            return path;
        throw std::runtime_error(
            std::format("{} is not device {}: is /dev mounted?", path, number));
    }
    throw NoDevice(
        std::format("the filesystem {} is not on one block device (/sys/dev/block)", number));
}

}  // namespace mmuw
