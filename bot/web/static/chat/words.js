/* Every word of the page in both languages, and how dates are written.
 * Thai comes first and decides which keys exist; a test compares the two lists. */

const WORDS = {
  th: {
    title: 'ผู้ช่วยข้อมูลการค้าระหว่างประเทศ',
    department: 'กรมส่งเสริมการค้าระหว่างประเทศ (DITP)',
    skip: 'ข้ามไปที่ช่องพิมพ์ข้อความ',
    conversation: 'บทสนทนา',
    messages: 'ข้อความในการสนทนา',
    label: 'ข้อความของท่าน',
    placeholder: 'พิมพ์คำถามของท่าน',
    send: 'ส่งข้อความ',
    secrets: 'โปรดอย่าส่งเลขประจำตัวประชาชนหรือรหัสผ่าน',
    kept: 'บทสนทนานี้จะถูกเก็บไว้เพื่อการให้บริการ',
    notice: 'ประกาศความเป็นส่วนตัว',
    newer: 'ข้อความใหม่ ↓',
    choices: 'ตัวเลือก',
    bot: 'ผู้ช่วยอัตโนมัติ',
    agent: 'เจ้าหน้าที่',
    customer: 'ท่าน',
    system: 'ระบบ',
    connecting: 'กำลังเชื่อมต่อ…',
    reconnecting: 'กำลังเชื่อมต่อใหม่…',
    botTyping: 'ผู้ช่วยกำลังพิมพ์…',
    agentTyping: 'เจ้าหน้าที่กำลังพิมพ์…',
    pending: 'กำลังส่ง…',
    sent: 'ส่งแล้ว',
    failed: 'ส่งไม่สำเร็จ แตะเพื่อส่งอีกครั้ง',
    discard: 'ลบข้อความนี้',
    tooLong: 'ข้อความยาวเกินไป กรุณาตัดให้สั้นลงค่ะ',
    attach: 'แนบรูปภาพหรือเอกสาร',
    fileTooLarge: 'ไม่ได้ส่ง เพราะไฟล์ใหญ่เกิน {largest} รบกวนย่อขนาดหรือแบ่งไฟล์แล้วส่งใหม่นะคะ',
    fileNotTaken: 'ไม่ได้ส่ง เพราะรับเฉพาะรูปภาพ PDF Word Excel PowerPoint (ไม่มีมาโคร) และไฟล์ข้อความ ไม่เกิน {largest} ค่ะ',
    tooManyFiles: 'ไม่ได้ส่ง เพราะส่งได้ครั้งละไม่เกิน {most} ไฟล์ รบกวนเลือกไฟล์เหล่านี้อีกครั้งนะคะ',
    stateBot: 'ผู้ช่วยอัตโนมัติพร้อมตอบ',
    stateQueued: 'กำลังรอเจ้าหน้าที่รับเรื่อง',
    stateAgent: 'กำลังสนทนากับ',
    stateSurvey: 'โปรดให้คะแนนการบริการ',
    stateClosed: 'จบการสนทนาแล้ว พิมพ์ข้อความเพื่อเริ่มเรื่องใหม่ได้ค่ะ',
  },
  en: {
    title: 'Trade Information Assistant',
    department: 'Department of International Trade Promotion (DITP)',
    skip: 'Skip to the message box',
    conversation: 'Conversation',
    messages: 'Messages of this conversation',
    label: 'Your message',
    placeholder: 'Type your question',
    send: 'Send message',
    secrets: 'Please do not send ID card numbers or passwords.',
    kept: 'This conversation is kept to provide the service.',
    notice: 'Privacy notice',
    newer: 'New messages ↓',
    choices: 'Choices',
    bot: 'Automatic assistant',
    agent: 'Officer',
    customer: 'You',
    system: 'Notice',
    connecting: 'Connecting…',
    reconnecting: 'Reconnecting…',
    botTyping: 'The assistant is typing…',
    agentTyping: 'The officer is typing…',
    pending: 'Sending…',
    sent: 'Sent',
    failed: 'Not sent. Tap to send again',
    discard: 'Delete this message',
    tooLong: 'This message is too long. Please shorten it.',
    attach: 'Attach a picture or document',
    fileTooLarge: 'Not sent: the file is larger than {largest}. Please make it smaller or split it.',
    fileNotTaken: 'Not sent: only pictures, PDF, Word, Excel, PowerPoint (no macros) and plain text up to {largest} are taken.',
    tooManyFiles: 'Not sent: up to {most} files at a time. Please choose these again.',
    stateBot: 'The automatic assistant is ready',
    stateQueued: 'Waiting for an officer',
    stateAgent: 'You are talking to',
    stateSurvey: 'Please rate our service',
    stateClosed: 'This conversation has ended. Type to start a new one.',
  },
};

const LOCALES = { th: 'th-TH-u-ca-buddhist-nu-latn', en: 'en-GB' };
const formats = {};

function format(language, kind) {
  const key = `${language}-${kind}`;
  if (!formats[key]) {
    const options = kind === 'day'
      ? { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }
      : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
    formats[key] = new Intl.DateTimeFormat(LOCALES[language], options);
  }
  return formats[key];
}

/** The languages of the page, the first one first. */
export const LANGUAGES = Object.keys(WORDS);

/** The page's words in one language. */
export function words(language) {
  return WORDS[language];
}

/** A clock time as the desk and the scripts write it: 14.05 น. in Thai, 14:05 in English. */
export function timeOfDay(language, date) {
  const time = format(language, 'time').format(date);
  return language === 'th' ? `${time.replace(':', '.')} น.` : time;
}

/** A full date. The Thai one has the Buddhist year and no era letters: วันเสาร์ที่ 22 พฤศจิกายน 2568. */
export function fullDay(language, date) {
  const part = {};
  for (const { type, value } of format(language, 'day').formatToParts(date)) part[type] = value;
  const dayMonthYear = `${part.day} ${part.month} ${part.year}`;
  if (language === 'en') return `${part.weekday} ${dayMonthYear}`;
  return `${part.weekday.startsWith('วัน') ? '' : 'วัน'}${part.weekday}ที่ ${dayMonthYear}`;
}

/** The language a text is written in, for screen readers: any Thai letter makes it Thai; null when figures tell nothing. */
export function languageOf(text) {
  if (/[\u0e01-\u0e5b]/.test(text)) return 'th';
  return /[a-z]/i.test(text) ? 'en' : null;
}

/** The name over a message: "เจ้าหน้าที่ สมศรี", never "เจ้าหน้าที่ เจ้าหน้าที่สมศรี". */
export function authorName(language, author, name) {
  const word = WORDS[language][author] || WORDS[language].system;
  if (author !== 'agent' || !name) return word;
  return name.toLowerCase().startsWith(word.toLowerCase()) ? name : `${word} ${name}`;
}
