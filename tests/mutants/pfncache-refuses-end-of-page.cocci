// SPDX-License-Identifier: GPL-2.0-only
// breaks: a pfn cache refuses a structure that ends at the end of its page: a kvmclock of a vCPU at offset 0xfe0 is never written, Xen shared_info (a whole page) cannot be set
// file: virt/kvm/pfncache.c
// scenarios: KvmWrites.*
// survives: the VMM is refused what it may ask for, and KvmWrites comes to no verdict
@@
identifier offset, len;
@@
 kvm_gpc_is_valid_len(...)
 {
 <...
- offset + len <= PAGE_SIZE
+ offset + len < PAGE_SIZE
 ...>
 }
