/** The password of every demo account. The first three accounts are those that the README names. */
export const PASSWORD = "normaldance";

export const people = [
  { email: "admin@normaldance.test", name: "Вера Норма", role: "admin" },
  { email: "artist@normaldance.test", name: "Лёша Полутон", role: "artist" },
  { email: "listener@normaldance.test", name: "Маша Слушает", role: "listener" },
  { email: "kira@normaldance.test", name: "Kira Voss", role: "artist" },
  { email: "tundra@normaldance.test", name: "Тундра FM", role: "artist" },
  { email: "dj.oleg@normaldance.test", name: "DJ Олег Завтра", role: "artist" },
  { email: "nocturne@normaldance.test", name: "Nocturne Ave.", role: "artist" },
  { email: "ayana@normaldance.test", name: "Аяна Ким", role: "artist" },
  { email: "saltwater@normaldance.test", name: "Saltwater Tapes", role: "artist" },
  { email: "roma@normaldance.test", name: "Рома Бочка", role: "listener" },
  { email: "ines@normaldance.test", name: "Inés Duarte", role: "listener" },
  { email: "petr@normaldance.test", name: "Пётр из Перми", role: "listener" },
  { email: "wen@normaldance.test", name: "Wen 文", role: "listener" },
  { email: "gleb@normaldance.test", name: "Глеб Шум", role: "listener" },
] as const;
