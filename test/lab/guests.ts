// The guests of labhost, as the example site's profiles declare them.

export const guests = [
  {
    name: 'lab-pv',
    type: 'pv',
    uuid: '84d5b47f-7a65-51cf-bdf0-3179a3193204',
    mac: '00:16:3e:4d:00:11',
    address: '192.168.77.11/24',
  },
  {
    name: 'lab-pvh',
    type: 'pvh',
    uuid: '5ec8adba-6741-5947-858f-d5bc95ad7b77',
    mac: '00:16:3e:4d:00:12',
    address: '192.168.77.12/24',
  },
] as const

export const uuids = guests.map(({ uuid }) => uuid).sort()
