/* Makes Debian's xl (4.17) start without a hypervisor, for `xl create -n`: the questions that it asks Xen before it
   parses a config are answered here. 16 CPUs, 2 NUMA nodes, 16 GiB: invented. The structs are those of xenctrl.h. */
#include <stdlib.h>
#include <string.h>

enum { CPUS = 16, NODES = 2, PAGE = 4096 };

void *xc_interface_open(void *logger, void *dombuild_logger, unsigned flags) { return calloc(1, 65536); }
int xc_interface_close(void *xch) { return 0; }
void *xs_open(unsigned long flags) { return calloc(1, 65536); }
void xs_close(void *xsh) {}

int xc_version(void *xch, int command, void *arg) {
  if (command == 0) return (4 << 16) | 17; /* XENVER_version */
  if (command == 7) return PAGE;           /* XENVER_pagesize */
  if (arg) memset(arg, 0, 16);
  return 0;
}

struct physinfo {
  unsigned threads_per_core, cores_per_socket, nr_cpus, max_cpu_id, nr_nodes, max_node_id, cpu_khz, capabilities,
      arch_capabilities, pad;
  unsigned long long total_pages, free_pages, scrub_pages, outstanding_pages, max_mfn;
  unsigned hw_cap[8];
};

int xc_physinfo(void *xch, void *put) {
  struct physinfo *info = put;
  memset(info, 0, sizeof *info);
  info->threads_per_core = 1;
  info->cores_per_socket = CPUS / NODES;
  info->nr_cpus = CPUS;
  info->max_cpu_id = CPUS - 1;
  info->nr_nodes = NODES;
  info->max_node_id = NODES - 1;
  info->cpu_khz = 2400000;
  info->capabilities = 0x3f;
  info->total_pages = info->max_mfn = 16ull << 18;
  info->free_pages = 8ull << 18;
  return 0;
}

int xc_sharing_freed_pages(void *xch) { return 0; }
int xc_sharing_used_frames(void *xch) { return 0; }
int xc_get_max_cpus(void *xch) { return CPUS; }
int xc_get_max_nodes(void *xch) { return NODES; }
int xc_get_cpumap_size(void *xch) { return CPUS / 8; }

struct cputopo {
  unsigned core, socket, node;
};

int xc_cputopoinfo(void *xch, unsigned *max_cpus, struct cputopo *cpu) {
  for (unsigned i = 0; cpu && i < *max_cpus && i < CPUS; i++) {
    cpu[i].core = i % (CPUS / NODES);
    cpu[i].socket = cpu[i].node = i / (CPUS / NODES);
  }
  *max_cpus = CPUS;
  return 0;
}

struct meminfo {
  unsigned long long memsize, memfree;
};

int xc_numainfo(void *xch, unsigned *max_nodes, struct meminfo *memory, unsigned *distance) {
  for (unsigned i = 0; memory && i < *max_nodes && i < NODES; i++) {
    memory[i].memsize = 8ull << 30;
    memory[i].memfree = 4ull << 30;
    for (unsigned j = 0; distance && j < NODES; j++) distance[i * NODES + j] = i == j ? 10 : 20;
  }
  *max_nodes = NODES;
  return 0;
}
