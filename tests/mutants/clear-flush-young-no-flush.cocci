// SPDX-License-Identifier: GPL-2.0-only
// breaks: clear_flush_young clears accessed bits and does not flush
// file: virt/kvm/kvm_main.c
// scenarios: Aging.*:*Monitored.*
@@
@@
 kvm_handle_hva_range(...)
 {
 <...
- true
+ false
 ...>
 }
